import type { Side } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Message } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import type { AnyOfStep, MessageStep, Pattern, ResponsePattern, Step } from './ladder.ts'

/** A request that waits for its final response: what a bare status refers to. */
export type OpenRequest = {
  readonly tx: string
  readonly method: string
  readonly sender: Side
  readonly call: string
  /** The ladder's name of the call whose step sent or took it. */
  readonly name: string
  /** Answered by a `meanwhile` rule: no ladder step speaks of it. */
  readonly meanwhile: boolean
}

/** A message of the SUT as the matcher sees it: retransmissions and ACKs to 300-699 never come here. */
export type Observed = {
  readonly timeMs: number
  readonly frame: number
  readonly tx: string
  /** The user agent's own name of the call. */
  readonly call: string
  readonly inDialog: boolean
  readonly message: Message
  /** A re-INVITE that changes nothing (RFC 4028 §7.4), or one that met ours and comes again (RFC 3261 §14.1). */
  readonly refresh?: boolean
  /** What the player knows of it and no wire tells, for the checks. */
  readonly facts?: NonNullable<StepOutcome['facts']>
}

/** The oldest open request of that sender in the call that the ladder names so, or of that method where one is named. */
export const answered = (
  open: readonly OpenRequest[],
  sender: Side,
  name: string,
  method: string | undefined,
): OpenRequest | undefined =>
  open.find(
    (request) =>
      request.sender === sender &&
      !request.meanwhile &&
      request.name === name &&
      (method === undefined || request.method === method),
  )

/** What has been seen of the calls of a ladder, by the ladder's names. */
export type Known = {
  readonly calls: Readonly<Record<string, string>>
  readonly open: readonly OpenRequest[]
  readonly us: Side
}

/** Whether a message is what a pattern says of the call that the ladder names so. */
export const matches = (pattern: Pattern, observed: Observed, name: string, { calls, open, us }: Known): boolean => {
  const { message, call } = observed
  const known = calls[name]
  if (pattern.kind === 'response')
    return (
      message.kind === 'response' &&
      pattern.statuses.includes(message.status) &&
      answered(open, us, name, pattern.to)?.tx === observed.tx
    )
  if (message.kind !== 'request' || message.method !== pattern.method) return false
  if (Object.entries(calls).some(([other, bound]) => other !== name && bound === call)) return false
  // RFC 3261 §9.1: a CANCEL repeats the To of its INVITE, so it has no tag and is in no dialog.
  if (message.method === 'CANCEL') return known === undefined || known === call
  if (pattern.how === 'within') return observed.inDialog && (known === undefined || known === call)
  if (observed.inDialog) return false
  return pattern.how === 'again' ? known === call : known !== call
}

/** `180`, `INVITE again`, `200 to BYE`: as the ladder writes it. */
export const showPattern = (pattern: Pattern): string => {
  if (pattern.kind === 'response')
    return pattern.statuses.join(' or ') + (pattern.to === undefined ? '' : ` to ${pattern.to}`)
  if (pattern.how === 'again') return `${pattern.method} again`
  return pattern.how === 'within' && pattern.method === 'INVITE' ? 're-INVITE' : pattern.method
}

/** `488 Not Acceptable Here`, `BYE`. */
export const showMessage = (message: Message): string =>
  message.kind === 'response' ? displayText(`${message.status} ${message.reason}`.trim()) : displayText(message.method)

/**
 * What the SUT may do next: the steps that are reachable over optional ones, up to the first that must come. One of ours that
 * is sent only where it can be, as an answer to a challenge, holds back nothing that needs it not.
 */
export const awaitedSteps = (steps: readonly Step[], sut: Side): readonly (MessageStep | AnyOfStep)[] => {
  const reachable: (MessageStep | AnyOfStep)[] = []
  for (const step of steps) {
    if (step.kind === 'never') continue
    if (step.kind === 'verb') break
    if (step.from !== sut) {
      if (step.kind === 'message' && step.optional) continue
      break
    }
    reachable.push(step)
    if (step.kind === 'message' && !step.optional) break
  }
  return reachable
}

const isAnswer = (step: Step): step is MessageStep & { readonly pattern: ResponsePattern } =>
  step.kind === 'message' && step.pattern.kind === 'response' && step.pattern.to !== undefined

/**
 * What a message may meet: the steps that are awaited and, where the last of them answers a request that it names, those right
 * behind it that answer others. Nothing orders the responses of two transactions (RFC 3261 §17).
 */
export const reachableSteps = (steps: readonly Step[], sut: Side): readonly (MessageStep | AnyOfStep)[] => {
  const awaited = awaitedSteps(steps, sut)
  const last = awaited.at(-1)
  if (last === undefined || !isAnswer(last)) return awaited
  const answered = [last.pattern.to]
  const more: MessageStep[] = []
  for (const step of steps.slice(steps.indexOf(last) + 1)) {
    if (!isAnswer(step) || step.from !== sut || step.optional || answered.includes(step.pattern.to)) break
    answered.push(step.pattern.to)
    more.push(step)
  }
  return [...awaited, ...more]
}

/** How long a step of ours, or the stimulus of one of the SUT's, is held back. */
export const delayOf = (step: Step): number => (step.kind === 'message' ? (step.afterMs ?? 0) : 0)

export const isRequired = (step: Step): step is MessageStep => step.kind === 'message' && !step.optional

/** `180, 183 or 200 from trunk`. */
export const showAwaited = (steps: readonly (MessageStep | AnyOfStep)[]): string => {
  const words = steps.flatMap((step) =>
    step.kind === 'any-of' ? step.statuses.map(String) : [showPattern(step.pattern)],
  )
  const last = words.at(-1)
  const text = words.length < 2 ? (last ?? 'nothing') : `${words.slice(0, -1).join(', ')} or ${last ?? ''}`
  const [first] = steps
  return first === undefined ? text : `${text} from ${first.from}`
}

import type { Side } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import { type Message, fieldValue } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import type { MessageStep, Pattern, Step } from './ladder.ts'

/** A request that waits for its final response: what a bare status refers to. */
export type OpenRequest = {
  readonly tx: string
  readonly method: string
  readonly sender: Side
  readonly call: string
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
  /** A re-INVITE that changes nothing (RFC 4028 §7.4): a session is kept alive by it. */
  readonly refresh?: boolean
  /** What the player knows of it and no wire tells, for the checks. */
  readonly facts?: NonNullable<StepOutcome['facts']>
}

const methodOf = (message: Message): string =>
  message.kind === 'request' ? message.method : (fieldValue(message, 'CSeq')?.split(/\s/).at(-1) ?? '')

/** The oldest open request of that sender, or of that method where the pattern names one. */
export const answered = (
  open: readonly OpenRequest[],
  sender: Side,
  call: string | undefined,
  method: string | undefined,
): OpenRequest | undefined =>
  open.find(
    (request) =>
      request.sender === sender &&
      !request.meanwhile &&
      (call === undefined || request.call === call) &&
      (method === undefined || request.method === method),
  )

/** Whether a message is what a pattern says. `known`: the call that the step speaks of, where it exists already. */
export const matches = (
  pattern: Pattern,
  observed: Observed,
  known: string | undefined,
  open: readonly OpenRequest[],
  us: Side,
): boolean => {
  const { message } = observed
  if (pattern.kind === 'response') {
    if (message.kind !== 'response' || !pattern.statuses.includes(message.status)) return false
    const request = answered(open, us, undefined, pattern.to)
    return (
      request?.tx === observed.tx && (known === undefined || known === observed.call || methodOf(message) !== 'INVITE')
    )
  }
  if (message.kind !== 'request' || message.method !== pattern.method) return false
  // RFC 3261 §9.1: a CANCEL repeats the To of its INVITE, so it has no tag and is in no dialog.
  if (message.method === 'CANCEL') return known === undefined || known === observed.call
  if (pattern.how === 'within') return observed.inDialog && (known === undefined || known === observed.call)
  if (observed.inDialog) return false
  return pattern.how === 'again' ? known === observed.call : known !== observed.call
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

/** What the SUT may do next: all steps that are reachable over optional ones, up to the first that must come. */
export const awaitedSteps = (steps: readonly Step[], from: number, sut: Side): readonly Step[] => {
  const reachable: Step[] = []
  for (const step of steps.slice(from)) {
    if (step.kind === 'never') continue
    if (step.kind === 'verb') break
    if (step.from !== sut) {
      if (step.kind === 'message' && step.optional && !step.send) continue
      break
    }
    reachable.push(step)
    if (step.kind === 'message' && !step.optional) break
  }
  return reachable
}

/** How long a step of ours, or the stimulus of one of the SUT's, is held back. */
export const delayOf = (step: Step): number => (step.kind === 'message' ? (step.afterMs ?? 0) : 0)

export const isRequired = (step: Step): step is MessageStep => step.kind === 'message' && !step.optional

/** `180, 183 or 200 from trunk`. */
export const showAwaited = (steps: readonly Step[]): string => {
  const words = steps.flatMap((step) =>
    step.kind === 'any-of' ? step.statuses.map(String) : step.kind === 'message' ? [showPattern(step.pattern)] : [],
  )
  const last = words.at(-1)
  const text = words.length < 2 ? (last ?? 'nothing') : `${words.slice(0, -1).join(', ')} or ${last ?? ''}`
  const [first] = steps
  return first !== undefined && first.kind !== 'verb' && first.kind !== 'never' ? `${text} from ${first.from}` : text
}

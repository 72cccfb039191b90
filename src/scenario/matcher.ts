import type { Side } from '../core/finding.ts'
import { otherSide } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Message } from '../sip/message.ts'
import { unmet } from './expect.ts'
import type { AnyOfStep, Meanwhile, MessageStep, NeverStep, Step, Stimulus, VerbStep } from './ladder.ts'
import {
  type Observed,
  type OpenRequest,
  answered,
  awaitedSteps,
  delayOf,
  isRequired,
  matches,
  showAwaited,
  showMessage,
  showPattern,
} from './match.ts'
import type { Scope } from './reference.ts'
import { stimulusOf } from './stimuli.ts'

/** What a section of a ladder hands to the next: open requests, calls by the ladder's names, messages kept by `as`. */
export type Carried = {
  readonly open: readonly OpenRequest[]
  /** The ladder's name of a call -> the user agent's. */
  readonly calls: Readonly<Record<string, string>>
  readonly kept: Readonly<Record<string, Message>>
  /** `tx status` of the provisional responses that a step took: a UAS may repeat them (RFC 3261 §13.3.1.1). */
  readonly heard: readonly string[]
}
export const nothingCarried: Carried = { open: [], calls: {}, kept: {}, heard: [] }

export type MatcherState = {
  readonly section: StepOutcome['section']
  readonly steps: readonly Step[]
  readonly next: number
  readonly sut: Side
  readonly meanwhile: readonly Meanwhile[]
  readonly defaultWithinMs: number
  readonly scope: Scope
  readonly carried: Carried
  /** When the last required step of each call was met. */
  readonly since: Readonly<Record<string, number>>
  readonly nevers: readonly NeverStep[]
  readonly outcomes: readonly StepOutcome[]
  /** We have asked for our step at `next` and wait until it is done. */
  readonly busy: boolean
  /** Number of the step for which a stimulus was fired last. */
  readonly stimulated: number
  readonly finished: boolean
}

export type MatcherEvent =
  | { readonly type: 'begin'; readonly timeMs: number }
  | ({ readonly type: 'received' } & Observed)
  /** Our step at `next` is done. `tx`: of the request that we sent; for a response, of the request that it answered. */
  | {
      readonly type: 'sent'
      readonly timeMs: number
      readonly frames: readonly number[]
      readonly tx: string
      readonly call: string
      readonly message: Message
    }
  | {
      readonly type: 'verb-done'
      readonly timeMs: number
      readonly frames: readonly number[]
      readonly facts: NonNullable<StepOutcome['facts']>
    }
  /** Our step at `next` cannot be done: a defect of ladder or harness, or a challenge that we cannot answer. */
  | { readonly type: 'could-not'; readonly timeMs: number; readonly reason: string }
  /** The peer cannot be reached, or a stimulus failed: what we wait for will not come. */
  | { readonly type: 'gone'; readonly timeMs: number; readonly reason: string }
  /** The run is being stopped: what was not reached stays so. */
  | { readonly type: 'interrupted'; readonly timeMs: number }
  | { readonly type: 'time'; readonly timeMs: number }

export type MatcherEffect =
  | { readonly type: 'send'; readonly step: MessageStep | AnyOfStep; readonly answers: OpenRequest | undefined }
  | { readonly type: 'verb'; readonly step: VerbStep }
  | { readonly type: 'stimulate'; readonly stimulus: Stimulus; readonly step: MessageStep | AnyOfStep }
  | { readonly type: 'answer'; readonly observed: Observed; readonly status: number }
  | { readonly type: 'wake'; readonly atMs: number }
  | { readonly type: 'finished' }

export type Move = readonly [MatcherState, readonly MatcherEffect[]]

export const createMatcher = (options: {
  readonly section: StepOutcome['section']
  readonly steps: readonly Step[]
  readonly sut: Side
  readonly meanwhile: readonly Meanwhile[]
  readonly defaultWithinMs: number
  readonly scope: Scope
  readonly carried: Carried
}): MatcherState => ({
  ...options,
  next: 0,
  since: {},
  nevers: [],
  outcomes: [],
  busy: false,
  stimulated: 0,
  finished: false,
})

type Met = Pick<StepOutcome, 'status' | 'frames' | 'timeMs'> &
  Partial<Pick<StepOutcome, 'reason' | 'facts' | 'awaited'>>

const withOutcome = (state: MatcherState, step: Step, met: Met): MatcherState => {
  const place = { step: step.number, section: state.section, head: step.head, call: step.call }
  const others = state.outcomes.filter((outcome) => outcome.step !== step.number)
  const earlier = state.outcomes.find((outcome) => outcome.step === step.number)
  return { ...state, outcomes: [...others, { ...place, ...met, frames: [...(earlier?.frames ?? []), ...met.frames] }] }
}

/** Steps that were passed over because a later one came. */
const skipTo = (state: MatcherState, index: number, timeMs: number): MatcherState =>
  state.steps.slice(state.next, index).reduce((s, step) => {
    if (step.kind === 'never') return { ...s, nevers: [...s.nevers, step] }
    const has = s.outcomes.some((outcome) => outcome.step === step.number)
    return has ? s : withOutcome(s, step, { status: 'skipped', frames: [], timeMs })
  }, state)

const finish = (state: MatcherState, timeMs: number): Move => {
  const closed = state.nevers.reduce((s, step) => withOutcome(s, step, { status: 'met', frames: [], timeMs }), state)
  const rest = closed.steps.slice(closed.next).reduce((s, step) => {
    const has = s.outcomes.some((outcome) => outcome.step === step.number)
    return has ? s : withOutcome(s, step, { status: 'not-reached', frames: [], timeMs })
  }, closed)
  const outcomes = [...rest.outcomes].sort((a, b) => a.step - b.step)
  return [{ ...rest, outcomes, finished: true, busy: false, nevers: [] }, [{ type: 'finished' }]]
}

const mismatch = (state: MatcherState, step: Step, timeMs: number, reason: string, frames: readonly number[]): Move => {
  const text = `step ${step.number}: ${reason}`
  const marked = withOutcome(state, step, { status: 'mismatch', frames, timeMs, reason: text, awaited: state.sut })
  return finish({ ...marked, nevers: [] }, timeMs)
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

const withinOf = (state: MatcherState, step: Step): number =>
  (step.kind === 'message' || step.kind === 'any-of' ? step.withinMs : undefined) ?? state.defaultWithinMs

/** Moves to the next thing to do: send, run a verb, fire a stimulus, or wait. */
const advance = (state: MatcherState, timeMs: number): Move => {
  const step = state.steps[state.next]
  if (step === undefined) return finish(state, timeMs)
  if (step.kind === 'never') return advance({ ...state, nevers: [...state.nevers, step], next: state.next + 1 }, timeMs)
  if (step.kind === 'verb') return [{ ...state, busy: true }, [{ type: 'verb', step }]]
  if (step.from !== state.sut) return ours(state, step, timeMs)

  const awaited = awaitedSteps(state.steps, state.next, state.sut)
  const required = awaited.find(isRequired)
  const subject = required ?? step
  const stimulus = stimulusOf(subject)
  const fires = stimulus !== undefined && state.stimulated !== subject.number
  const since = state.since[step.call] ?? timeMs
  const based = { ...state, since: { ...state.since, [step.call]: fires ? timeMs + delayOf(subject) : since } }
  // Nothing here must come: we wait only as long as the ladder says, and not at all where it is silent.
  const patience = required ? withinOf(state, required) : (step.withinMs ?? 0)
  const atMs = (fires ? timeMs + delayOf(subject) : since) + patience
  if (!required && atMs <= timeMs)
    return advance({ ...skipTo(based, state.next + 1, timeMs), next: state.next + 1 }, timeMs)
  const fire: readonly MatcherEffect[] = fires ? [{ type: 'stimulate', stimulus, step: subject }] : []
  return [{ ...based, stimulated: fires ? subject.number : state.stimulated }, [...fire, { type: 'wake', atMs }]]
}

const ours = (state: MatcherState, step: MessageStep | AnyOfStep, timeMs: number): Move => {
  if (step.kind === 'message' && step.optional && !step.send)
    return advance(
      { ...withOutcome(state, step, { status: 'skipped', frames: [], timeMs }), next: state.next + 1 },
      timeMs,
    )
  if (step.kind === 'message' && step.pattern.kind === 'request')
    return [{ ...state, busy: true }, [{ type: 'send', step, answers: undefined }]]
  const method = step.kind === 'message' && step.pattern.kind === 'response' ? step.pattern.to : undefined
  const answers = answered(state.carried.open, state.sut, undefined, method)
  if (!answers) {
    const reason = `step ${step.number}: no open ${method ?? 'request'} of ${state.sut} to answer`
    return finish(withOutcome(state, step, { status: 'error', frames: [], timeMs, reason }), timeMs)
  }
  return [{ ...state, busy: true }, [{ type: 'send', step, answers }]]
}

const keep = (carried: Carried, step: Step, message: Message): Carried =>
  (step.kind === 'message' || step.kind === 'any-of') && step.as !== undefined
    ? { ...carried, kept: { ...carried.kept, [step.as]: message } }
    : carried

const bindCall = (carried: Carried, name: string, call: string): Carried =>
  carried.calls[name] === call ? carried : { ...carried, calls: { ...carried.calls, [name]: call } }

const opened = (carried: Carried, request: OpenRequest): Carried =>
  request.method === 'ACK' ? carried : { ...carried, open: [...carried.open, request] }

const closed = (carried: Carried, tx: string, message: Message): Carried =>
  message.kind === 'response' && message.status >= 200
    ? { ...carried, open: carried.open.filter((request) => request.tx !== tx) }
    : carried

const releaseNevers = (state: MatcherState, timeMs: number): MatcherState =>
  state.nevers
    .filter((never) => never.until !== undefined && never.until in state.carried.kept)
    .reduce(
      (s, step) => ({
        ...withOutcome(s, step, { status: 'met', frames: [], timeMs }),
        nevers: s.nevers.filter((n) => n !== step),
      }),
      state,
    )

const sent = (state: MatcherState, event: Extract<MatcherEvent, { type: 'sent' }>): Move => {
  const step = state.steps[state.next]
  if (!state.busy || step === undefined) return [state, []]
  const us = otherSide(state.sut)
  const { message, tx, call, timeMs } = event
  const named =
    message.kind === 'request' && message.method !== 'OPTIONS'
      ? bindCall(state.carried, step.call, call)
      : state.carried
  const carried =
    message.kind === 'request'
      ? opened(named, { tx, method: message.method, sender: us, call, meanwhile: false })
      : closed(named, tx, message)
  const met = withOutcome(state, step, { status: 'met', frames: event.frames, timeMs })
  const moved = {
    ...met,
    carried: keep(carried, step, message),
    since: { ...state.since, [step.call]: timeMs },
    next: state.next + 1,
    busy: false,
  }
  return advance(releaseNevers(moved, timeMs), timeMs)
}

const heard = (carried: Carried, tx: string, message: Message): Carried =>
  message.kind === 'response' && message.status < 200
    ? { ...carried, heard: [...carried.heard, `${tx} ${message.status}`] }
    : carried

const consume = (state: MatcherState, index: number, step: MessageStep | AnyOfStep, event: Observed): Move => {
  const { message, timeMs, frame } = event
  const us = state.sut
  const named =
    message.kind === 'request' && message.method !== 'OPTIONS'
      ? bindCall(state.carried, step.call, event.call)
      : state.carried
  const carried =
    message.kind === 'request'
      ? opened(named, { tx: event.tx, method: message.method, sender: us, call: event.call, meanwhile: false })
      : heard(closed(named, event.tx, message), event.tx, message)
  const skipped = skipTo({ ...state, carried: keep(carried, step, message) }, index, timeMs)
  const broken =
    step.kind === 'message' ? unmet(step.expect, message, { ...state.scope, kept: skipped.carried.kept }) : undefined
  if (broken !== undefined)
    return mismatch({ ...skipped, next: index }, step, timeMs, `${broken} (frame ${frame})`, [frame])
  const facts = event.facts === undefined ? {} : { facts: event.facts }
  const met = withOutcome(skipped, step, { status: 'met', frames: [frame], timeMs, ...facts })
  const since = isRequired(step) ? { ...state.since, [step.call]: timeMs } : state.since
  const next = step.kind === 'any-of' ? index : index + 1
  return advance(releaseNevers({ ...met, since, next }, timeMs), timeMs)
}

const unexpected = (state: MatcherState, event: Observed): Move => {
  const { message, timeMs, frame } = event
  if (message.kind === 'response') {
    // The final response of a request of ours that no step speaks of any more closes it; provisional ones are recorded only.
    const open = state.carried.open.find((request) => request.tx === event.tx)
    const repeated = state.carried.heard.includes(`${event.tx} ${message.status}`)
    if (open === undefined || open.meanwhile || message.status === 100 || repeated)
      return [{ ...state, carried: closed(state.carried, event.tx, message) }, []]
  } else {
    if (message.method === 'ACK') return [state, []]
    const rule = state.meanwhile.find((candidate) => candidate.method === message.method)
    if (rule) {
      const request = { tx: event.tx, method: message.method, sender: state.sut, call: event.call, meanwhile: true }
      return [
        { ...state, carried: opened(state.carried, request) },
        [{ type: 'answer', observed: event, status: rule.status }],
      ]
    }
  }
  const step = state.steps[state.next] ?? state.steps.at(-1)
  if (step === undefined) return [state, []]
  const awaited = awaitedSteps(state.steps, state.next, state.sut)
  const wanted = awaited.length > 0 ? showAwaited(awaited) : `nothing from ${state.sut}`
  const subject = awaited.find(isRequired) ?? step
  const withClosed = { ...state, carried: closed(state.carried, event.tx, message) }
  return mismatch(withClosed, subject, timeMs, `expected ${wanted}, got ${showMessage(message)} (frame ${frame})`, [
    frame,
  ])
}

const received = (state: MatcherState, event: Observed): Move => {
  const us = otherSide(state.sut)
  const { open, calls } = state.carried
  const never = state.nevers.find(
    (step) => (step.from ?? state.sut) === state.sut && matches(step.pattern, event, calls[step.call], open, us),
  )
  if (never)
    return mismatch(state, never, event.timeMs, `never ${showPattern(never.pattern)}, got it (frame ${event.frame})`, [
      event.frame,
    ])
  if (!state.busy)
    for (const step of awaitedSteps(state.steps, state.next, state.sut)) {
      const index = state.steps.indexOf(step)
      const fits =
        step.kind === 'message'
          ? matches(step.pattern, event, calls[step.call], open, us)
          : step.kind === 'any-of' &&
            matches({ kind: 'response', statuses: step.statuses }, event, calls[step.call], open, us)
      if (fits && (step.kind === 'message' || step.kind === 'any-of')) return consume(state, index, step, event)
    }
  return unexpected(state, event)
}

const timePassed = (state: MatcherState, timeMs: number): Move => {
  const step = state.steps[state.next]
  if (state.busy || step === undefined || step.kind === 'never' || step.kind === 'verb' || step.from !== state.sut)
    return [state, []]
  const awaited = awaitedSteps(state.steps, state.next, state.sut)
  const required = awaited.find(isRequired)
  if (!required) return advance(state, timeMs)
  const within = withinOf(state, required)
  const atMs = (state.since[step.call] ?? timeMs) + within
  if (timeMs < atMs) return [state, [{ type: 'wake', atMs }]]
  return mismatch(
    state,
    required,
    timeMs,
    `expected ${showAwaited(awaited)} within ${seconds(within)}, got nothing`,
    [],
  )
}

/** One move of a ladder's section: pure, the player performs the effects. */
export const step = (state: MatcherState, event: MatcherEvent): Move => {
  if (state.finished) return [state, []]
  const current = state.steps[state.next]
  switch (event.type) {
    case 'begin':
      return advance(state, event.timeMs)
    case 'received':
      return received(state, event)
    case 'sent':
      return sent(state, event)
    case 'verb-done': {
      if (!state.busy || current === undefined) return [state, []]
      const met = withOutcome(state, current, {
        status: 'met',
        frames: event.frames,
        timeMs: event.timeMs,
        facts: event.facts,
      })
      const since = { ...state.since, [current.call]: event.timeMs }
      return advance({ ...met, since, next: state.next + 1, busy: false }, event.timeMs)
    }
    case 'could-not': {
      if (current === undefined) return [state, []]
      const reason = `step ${current.number}: ${event.reason}`
      return finish(
        withOutcome(state, current, { status: 'error', frames: [], timeMs: event.timeMs, reason }),
        event.timeMs,
      )
    }
    case 'gone': {
      if (current === undefined || state.busy) return [state, []]
      const awaited = awaitedSteps(state.steps, state.next, state.sut)
      const subject = awaited.find(isRequired) ?? current
      return mismatch(state, subject, event.timeMs, `expected ${showAwaited(awaited)}, but ${event.reason}`, [])
    }
    case 'interrupted':
      return finish({ ...state, nevers: [] }, event.timeMs)
    case 'time':
      return timePassed(state, event.timeMs)
  }
}

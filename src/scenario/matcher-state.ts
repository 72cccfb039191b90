import type { Side } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Message } from '../sip/message.ts'
import type { AnyOfStep, Meanwhile, MessageStep, NeverStep, Step, Stimulus, VerbStep } from './ladder.ts'
import { type Observed, type OpenRequest, isRequired } from './match.ts'
import type { Scope } from './reference.ts'

/** What a section of a ladder hands to the next: open requests, calls by the ladder's names, messages kept by `as`. */
export type Carried = {
  readonly open: readonly OpenRequest[]
  /** The ladder's name of a call -> the user agent's. */
  readonly calls: Readonly<Record<string, string>>
  readonly kept: Readonly<Record<string, Message>>
  /** `tx status` of the provisional responses that a step has taken, or might have. */
  readonly heard: readonly string[]
}
export const nothingCarried: Carried = { open: [], calls: {}, kept: {}, heard: [] }

export type MatcherState = {
  readonly section: StepOutcome['section']
  readonly steps: readonly Step[]
  /** The step in work: in the order of the file, all before it are done or were passed over. */
  readonly next: number
  /** Places of steps that are done with: met, skipped, or a `never` that now holds. */
  readonly done: ReadonlySet<number>
  readonly sut: Side
  readonly meanwhile: readonly Meanwhile[]
  readonly defaultWithinMs: number
  readonly scope: Scope
  readonly carried: Carried
  /** When the last required step of each call was met. */
  readonly since: Readonly<Record<string, number>>
  readonly nevers: readonly NeverStep[]
  readonly outcomes: readonly StepOutcome[]
  /** We have asked for our step at `next`, or for a group of intervals, and wait until it is done. */
  readonly busy: boolean
  /** Number of the step for which a stimulus was fired last. */
  readonly stimulated: number
  /** Provisional responses that no step took, since the last step that was met: `180 Ringing (frame 4)`. */
  readonly passing: readonly string[]
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
      /** Number of the step. */
      readonly step: number
      readonly timeMs: number
      readonly frames: readonly number[]
      readonly facts: NonNullable<StepOutcome['facts']>
    }
  /** Our step at `next` cannot be done: a defect of ladder or harness, or a challenge that we cannot answer. */
  | { readonly type: 'could-not'; readonly timeMs: number; readonly reason: string }
  /** The peer cannot be reached, or has left nothing to move it by: what we wait for will not come. */
  | { readonly type: 'gone'; readonly timeMs: number; readonly reason: string }
  /** A request of ours goes again as a duty, as the transaction `by`: the time for its answer counts from `timeMs`. */
  | { readonly type: 'repeated'; readonly timeMs: number; readonly tx: string; readonly by: string }
  /** What was to move the SUT to the step of that number did not work: of the SUT that tells nothing. */
  | {
      readonly type: 'unmoved'
      readonly timeMs: number
      readonly step: number
      /** As the outcome names it. */
      readonly means: string
      readonly reason: string
    }
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
  done: new Set(),
  since: {},
  nevers: [],
  outcomes: [],
  busy: false,
  stimulated: 0,
  passing: [],
  finished: false,
})

type Met = Pick<StepOutcome, 'status' | 'frames' | 'timeMs'> &
  Partial<Pick<StepOutcome, 'reason' | 'facts' | 'awaited' | 'unmoved'>>

export const withOutcome = (state: MatcherState, step: Step, met: Met): MatcherState => {
  const place = { step: step.number, section: state.section, head: step.head, call: step.call }
  const others = state.outcomes.filter((outcome) => outcome.step !== step.number)
  const earlier = state.outcomes.find((outcome) => outcome.step === step.number)
  return { ...state, outcomes: [...others, { ...place, ...met, frames: [...(earlier?.frames ?? []), ...met.frames] }] }
}

const placesOf = ({ steps, done }: MatcherState, wanted: (step: Step, place: number) => boolean): readonly number[] =>
  steps.flatMap((step, place) => (!done.has(place) && wanted(step, place) ? [place] : []))

/** Steps that are not done with, in the order of the file, from the one in work. */
export const ahead = (state: MatcherState): readonly Step[] =>
  state.steps.filter((_, place) => place >= state.next && !state.done.has(place))

/** Steps of one call that are not done with: those that were passed over while another call was at work may still come. */
export const ofCall = (state: MatcherState, call: string): readonly Step[] =>
  state.steps.filter((step, place) => step.call === call && !state.done.has(place))

const hasOutcome = ({ outcomes }: MatcherState, step: Step): boolean =>
  outcomes.some(({ step: of }) => of === step.number)

export const doneWith = (state: MatcherState, place: number): MatcherState => ({
  ...state,
  done: new Set([...state.done, place]),
})

/** A step is done with that did not come, or that nothing may break from now on. */
const passed = (state: MatcherState, place: number, timeMs: number): MatcherState => {
  const step = state.steps[place]
  const closed = doneWith(state, place)
  if (step === undefined || hasOutcome(state, step)) return closed
  if (step.kind === 'never') return { ...closed, nevers: [...closed.nevers, step] }
  return withOutcome(closed, step, { status: 'skipped', frames: [], timeMs })
}

/** Passes over the steps of the same call that come before that one, and need not come. */
export const passBefore = (state: MatcherState, step: Step, timeMs: number): MatcherState => {
  const to = state.steps.indexOf(step)
  return placesOf(state, (one, place) => one.call === step.call && place < to && !isRequired(one)).reduce(
    (s, place) => passed(s, place, timeMs),
    state,
  )
}

/** A step of ours that we leave out, or one that holds back nobody. */
export const pass = (state: MatcherState, step: Step, timeMs: number): MatcherState =>
  passed(state, state.steps.indexOf(step), timeMs)

export const finish = (state: MatcherState, timeMs: number): Move => {
  const closed = state.nevers.reduce((s, step) => withOutcome(s, step, { status: 'met', frames: [], timeMs }), state)
  const rest = closed.steps.reduce((s, step, place) => {
    const isBehind = place < s.next
    // What a `never` that holds comes to is told when it is released.
    if (hasOutcome(s, step) || (isBehind && step.kind === 'never')) return s
    return withOutcome(s, step, { status: isBehind ? 'skipped' : 'not-reached', frames: [], timeMs })
  }, closed)
  const outcomes = [...rest.outcomes].sort((a, b) => a.step - b.step)
  return [{ ...rest, outcomes, finished: true, busy: false, nevers: [] }, [{ type: 'finished' }]]
}

export const mismatch = (
  state: MatcherState,
  step: Step,
  timeMs: number,
  reason: string,
  frames: readonly number[],
): Move => {
  const text = `step ${step.number}: ${reason}`
  const marked = withOutcome(state, step, { status: 'mismatch', frames, timeMs, reason: text, awaited: state.sut })
  return finish({ ...marked, nevers: [] }, timeMs)
}

export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

export const withinOf = (state: MatcherState, step: Step): number =>
  (step.kind === 'message' || step.kind === 'any-of' ? step.withinMs : undefined) ?? state.defaultWithinMs

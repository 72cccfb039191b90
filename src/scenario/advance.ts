import type { AnyOfStep, MessageStep, VerbStep } from './ladder.ts'
import { answered, awaitedSteps, delayOf, isRequired } from './match.ts'
import {
  type MatcherEffect,
  type MatcherState,
  type Move,
  ahead,
  finish,
  pass,
  passBefore,
  withOutcome,
  withinOf,
} from './matcher-state.ts'
import { stimulusOf } from './stimuli.ts'

/** Moves to the next thing to do: send, run intervals, fire a stimulus, or wait. */
export const advance = (before: MatcherState, timeMs: number): Move => {
  const [step] = ahead(before)
  if (step === undefined) return finish({ ...before, next: before.steps.length }, timeMs)
  const state = { ...before, next: before.steps.indexOf(step) }
  if (step.kind === 'never') return advance(pass(state, step, timeMs), timeMs)
  if (step.kind === 'verb') return begin(state, step, timeMs)
  return step.from === state.sut ? wait(state, step, timeMs) : ours(state, step, timeMs)
}

/** All intervals of a group begin at the same time. */
const begin = (state: MatcherState, { group, number }: VerbStep, timeMs: number): Move => {
  const isOfGroup = (step: VerbStep): boolean => step.number === number || (group !== undefined && step.group === group)
  const verbs = ahead(state)
    .filter((step) => step.kind === 'verb')
    .filter(isOfGroup)
  const begun = verbs.reduce((s, step) => passBefore(s, step, timeMs), state)
  return [{ ...begun, busy: true }, verbs.map((step) => ({ type: 'verb', step }))]
}

const wait = (state: MatcherState, step: MessageStep | AnyOfStep, timeMs: number): Move => {
  const required = awaitedSteps(ahead(state), state.sut).find(isRequired)
  const subject = required ?? step
  const stimulus = stimulusOf(subject)
  const fires = stimulus !== undefined && state.stimulated !== subject.number
  const since = fires ? timeMs + delayOf(subject) : (state.since[subject.call] ?? timeMs)
  const based = { ...state, since: { ...state.since, [subject.call]: since } }
  // Nothing here must come: we wait only as long as the ladder says, and not at all where it is silent.
  const atMs = since + (required ? withinOf(state, required) : (step.withinMs ?? 0))
  // Its own call may still bring it, as long as no later step of that call is met.
  if (!required && atMs <= timeMs) return advance({ ...based, next: state.next + 1 }, timeMs)
  const fire: readonly MatcherEffect[] = fires ? [{ type: 'stimulate', stimulus, step: subject }] : []
  return [{ ...based, stimulated: fires ? subject.number : state.stimulated }, [...fire, { type: 'wake', atMs }]]
}

const ours = (before: MatcherState, step: MessageStep | AnyOfStep, timeMs: number): Move => {
  if (step.kind === 'message' && step.optional && !step.send) return advance(pass(before, step, timeMs), timeMs)
  const state = passBefore(before, step, timeMs)
  if (step.kind === 'message' && step.pattern.kind === 'request')
    return [{ ...state, busy: true }, [{ type: 'send', step, answers: undefined }]]
  const method = step.kind === 'message' && step.pattern.kind === 'response' ? step.pattern.to : undefined
  const answers = answered(state.carried.open, state.sut, step.call, method)
  if (!answers) {
    const reason = `step ${step.number}: no open ${method ?? 'request'} of ${state.sut} to answer`
    return finish(withOutcome(state, step, { status: 'error', frames: [], timeMs, reason }), timeMs)
  }
  return [{ ...state, busy: true }, [{ type: 'send', step, answers }]]
}

import type { AnyOfStep, MessageStep } from './ladder.ts'
import { answered, awaitedSteps, delayOf, isRequired } from './match.ts'
import {
  type MatcherEffect,
  type MatcherState,
  type Move,
  finish,
  skipTo,
  withOutcome,
  withinOf,
} from './matcher-state.ts'
import { stimulusOf } from './stimuli.ts'

/** Moves to the next thing to do: send, run a verb, fire a stimulus, or wait. */
export const advance = (state: MatcherState, timeMs: number): Move => {
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

import { otherSide } from '../core/finding.ts'
import { isSameSubscriber } from '../profile/numbers.ts'
import { fieldAt } from '../sip/view.ts'
import { advance } from './advance.ts'
import { bindCall, closed, heard, keep, opened, renamed } from './carry.ts'
import { unmet } from './expect.ts'
import type { AnyOfStep, Meanwhile, MessageStep, NeverStep, Pattern, Step } from './ladder.ts'
import {
  type Known,
  type Observed,
  awaitedSteps,
  isRequired,
  matches,
  reachableSteps,
  showAwaited,
  showMessage,
  showPattern,
} from './match.ts'
import {
  type MatcherEvent,
  type MatcherState,
  type Move,
  ahead,
  doneWith,
  finish,
  mismatch,
  ofCall,
  pass,
  passBefore,
  seconds,
  withOutcome,
  withinOf,
} from './matcher-state.ts'
import { resolve } from './reference.ts'
import { stimulusOf } from './stimuli.ts'

const knownIn = ({ carried: { calls, open }, sut }: MatcherState): Known => ({ calls, open, us: otherSide(sut) })

const patternOf = (step: MessageStep | AnyOfStep): Pattern =>
  step.kind === 'any-of' ? { kind: 'response', statuses: step.statuses } : step.pattern

/** All that the call's steps list up to that one: of two that ring, either may come last. */
const listedBy = ({ steps }: MatcherState, step: MessageStep | AnyOfStep): readonly number[] =>
  steps.slice(0, steps.indexOf(step) + 1).flatMap((one) => {
    if (one.call !== step.call || (one.kind !== 'message' && one.kind !== 'any-of')) return []
    const pattern = patternOf(one)
    return pattern.kind === 'response' ? pattern.statuses : []
  })

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
      ? opened(named, { tx, method: message.method, sender: us, call, name: step.call, meanwhile: false })
      : closed(named, tx, message)
  const met = withOutcome(state, step, { status: 'met', frames: event.frames, timeMs })
  const moved = {
    ...doneWith(met, state.next),
    carried: keep(carried, step, message),
    since: { ...state.since, [step.call]: timeMs },
    busy: false,
  }
  return advance(releaseNevers(moved, timeMs), timeMs)
}

const consume = (state: MatcherState, step: MessageStep | AnyOfStep, event: Observed): Move => {
  const { message, timeMs, frame } = event
  const { call: name } = step
  const named =
    message.kind === 'request' && message.method !== 'OPTIONS'
      ? bindCall(state.carried, name, event.call)
      : state.carried
  const { tx, call } = event
  const carried =
    message.kind === 'request'
      ? opened(named, { tx, method: message.method, sender: state.sut, call, name, meanwhile: false })
      : heard(closed(named, tx, message), tx, message, listedBy(state, step))
  const skipped = passBefore({ ...state, carried: keep(carried, step, message) }, step, timeMs)
  const broken =
    step.kind === 'message' ? unmet(step.expect, message, { ...state.scope, kept: skipped.carried.kept }) : undefined
  if (broken !== undefined) return mismatch(skipped, step, timeMs, `${broken} (frame ${frame})`, [frame])
  const facts = event.facts === undefined ? {} : { facts: event.facts }
  const met = withOutcome(skipped, step, { status: 'met', frames: [frame], timeMs, ...facts })
  const since = isRequired(step) ? { ...state.since, [name]: timeMs } : state.since
  // Of `any of` more may come.
  const moved = step.kind === 'any-of' ? met : { ...doneWith(met, state.steps.indexOf(step)), passing: [] }
  const released = releaseNevers({ ...moved, since }, timeMs)
  return state.busy ? [released, []] : advance(released, timeMs)
}

const refreshRule: Meanwhile = { method: 'INVITE', status: 200 }

/** What was awaited when a message came that no step takes: of its own call, where that is known. */
const awaitedWith = (state: MatcherState, { call, tx }: Observed): readonly (MessageStep | AnyOfStep)[] => {
  const { calls, open } = state.carried
  const name =
    open.find((request) => request.tx === tx)?.name ?? Object.keys(calls).find((known) => calls[known] === call)
  const isOther = name !== undefined && name !== state.steps[state.next]?.call
  if (isOther) return awaitedSteps(ofCall(state, name), state.sut)
  return state.busy ? [] : awaitedSteps(ahead(state), state.sut)
}

/** Progress that any call may tell of, and no ladder speaks of: 100, forwarded, queued, an early dialog that ended (RFC 6228). */
const saysNothing: readonly number[] = [100, 181, 182, 199]

/** Of what comes while a step is awaited, told where the step never comes; 100 says nothing, and more than a few say no more. */
const passingBy = (state: MatcherState, { message, frame }: Observed): MatcherState => {
  const isTold = message.kind === 'response' && message.status > 100 && state.passing.length < 3
  return isTold ? { ...state, passing: [...state.passing, `${showMessage(message)} (frame ${frame})`] } : state
}

const unexpected = (state: MatcherState, event: Observed): Move => {
  const { message, timeMs, frame } = event
  if (message.kind === 'response') {
    // The final response of a request of ours that no step speaks of any more closes it; provisional ones are recorded only.
    const open = state.carried.open.find((request) => request.tx === event.tx)
    if (open === undefined || open.meanwhile)
      return [{ ...state, carried: closed(state.carried, event.tx, message) }, []]
    if (saysNothing.includes(message.status) || state.carried.heard.includes(`${event.tx} ${message.status}`))
      return [passingBy(state, event), []]
  } else {
    if (message.method === 'ACK') return [state, []]
    const rules = event.refresh === true ? [refreshRule] : state.meanwhile
    const rule = rules.find((candidate) => candidate.method === message.method)
    if (rule) {
      const { tx, call } = event
      const request = { tx, method: message.method, sender: state.sut, call, name: '', meanwhile: true }
      return [
        { ...state, carried: opened(state.carried, request) },
        [{ type: 'answer', observed: event, status: rule.status }],
      ]
    }
  }
  const step = state.steps[state.next] ?? state.steps.at(-1)
  if (step === undefined) return [state, []]
  const awaited = awaitedWith(state, event)
  const wanted = awaited.length > 0 ? showAwaited(awaited) : `nothing from ${state.sut}`
  const subject = awaited.find(isRequired) ?? step
  const withClosed = { ...state, carried: closed(state.carried, event.tx, message) }
  return mismatch(withClosed, subject, timeMs, `expected ${wanted}, got ${showMessage(message)} (frame ${frame})`, [
    frame,
  ])
}

/** `+12025550142` and `12025550142` are one number. */
const digitsOf = (number: string | undefined): string => (number ?? '').replaceAll('+', '')

/** Whether a new call goes to the number that the step speaks of, by Request-URI or To. */
const isToNumber = (
  state: MatcherState,
  step: Step,
  { message }: Observed,
  isSame: (seen: string, number: string) => boolean = (seen, number) => seen === number,
): boolean => {
  if (step.kind !== 'message' || step.with.to === undefined) return false
  const number = resolve(step.with.to, { ...state.scope, kept: state.carried.kept })
  if (!number.ok) return false
  return ['Request-URI.user', 'To.user'].some((path) =>
    isSame(digitsOf(fieldAt(message, path)), digitsOf(number.value)),
  )
}

/**
 * A call that comes although nobody moved the SUT to make one may be a stranger's. Where the ladder says what becomes of
 * those, it must be to the number that is awaited.
 */
const isStranger = (state: MatcherState, step: Step, event: Observed): boolean =>
  state.meanwhile.some(({ method }) => method === 'INVITE') &&
  step.kind === 'message' &&
  step.stimulus === 'none' &&
  step.pattern.kind === 'request' &&
  step.pattern.how === 'new' &&
  step.with.to !== undefined &&
  !isToNumber(state, step, event, isSameSubscriber)

/**
 * The step that a message meets. Steps of one call keep their order; those of different calls hold back each other only
 * where the SUT has to be moved first.
 */
const metBy = (state: MatcherState, event: Observed): MessageStep | AnyOfStep | undefined => {
  const known = knownIn(state)
  const current = state.steps[state.next]?.call
  const names = [...new Set(state.steps.map(({ call }) => call))]
  const fitting = names.flatMap((name) => {
    const awaited = reachableSteps(ofCall(state, name), state.sut).filter(
      (step) => name === current || stimulusOf(step) === undefined || state.stimulated === step.number,
    )
    const met = awaited.find((step) => matches(patternOf(step), event, name, known))
    return met === undefined || isStranger(state, met, event) ? [] : met
  })
  return fitting.length > 1 ? (fitting.find((step) => isToNumber(state, step, event)) ?? fitting[0]) : fitting[0]
}

const forbidding = (state: MatcherState, event: Observed): NeverStep | undefined =>
  state.nevers.find(
    (step) => (step.from ?? state.sut) === state.sut && matches(step.pattern, event, step.call, knownIn(state)),
  )

/** Whether the ladder speaks of that message, so that it is no mere duty to deal with it. */
export const speaksOf = (state: MatcherState, event: Observed): boolean =>
  forbidding(state, event) !== undefined || metBy(state, event) !== undefined

const received = (state: MatcherState, event: Observed): Move => {
  const never = forbidding(state, event)
  if (never)
    return mismatch(state, never, event.timeMs, `never ${showPattern(never.pattern)}, got it (frame ${event.frame})`, [
      event.frame,
    ])
  const step = metBy(state, event)
  return step === undefined ? unexpected(state, event) : consume(state, step, event)
}

const gotOf = ({ passing }: MatcherState): string => (passing.length === 0 ? 'nothing' : `only ${passing.join(', ')}`)

const timePassed = (state: MatcherState, timeMs: number): Move => {
  const step = state.steps[state.next]
  if (state.busy || step === undefined || step.kind === 'never' || step.kind === 'verb' || step.from !== state.sut)
    return [state, []]
  const awaited = awaitedSteps(ahead(state), state.sut)
  const required = awaited.find(isRequired)
  if (!required) return advance(state, timeMs)
  const within = withinOf(state, required)
  const atMs = (state.since[required.call] ?? timeMs) + within
  if (timeMs < atMs) return [state, [{ type: 'wake', atMs }]]
  return mismatch(
    state,
    required,
    timeMs,
    `expected ${showAwaited(awaited)} within ${seconds(within)}, got ${gotOf(state)}`,
    [],
  )
}

/**
 * A section that has ended well, when an answer to a request of its steps comes behind its last step: no step takes it, so it
 * is as unexpected there as before. One that a step would have taken, and that was not waited for, is only late.
 */
export const late = (state: MatcherState, event: Observed): MatcherState => {
  const asked = state.carried.open.some(({ tx, sender }) => tx === event.tx && sender !== state.sut)
  const skipped = (number: number): boolean =>
    state.outcomes.some(({ step: of, status }) => of === number && status === 'skipped')
  const awaited = state.steps.some(
    (one) =>
      one.kind === 'message' &&
      one.from === state.sut &&
      skipped(one.number) &&
      matches(one.pattern, event, one.call, knownIn(state)),
  )
  if (event.message.kind === 'request' || !asked || awaited) return state
  const done = new Set(state.steps.keys())
  const [moved] = unexpected({ ...state, done, next: state.steps.length }, event)
  return moved
}

const verbDone = (state: MatcherState, event: Extract<MatcherEvent, { type: 'verb-done' }>): Move => {
  const place = state.steps.findIndex(({ number }) => number === event.step)
  const step = state.steps[place]
  if (!state.busy || step?.kind !== 'verb' || state.done.has(place)) return [state, []]
  const { timeMs, frames, facts } = event
  const met = doneWith(withOutcome(state, step, { status: 'met', frames, timeMs, facts }), place)
  const moved = { ...met, since: { ...state.since, [step.call]: timeMs } }
  const goesOn = step.group !== undefined && ahead(moved).some((one) => one.kind === 'verb' && one.group === step.group)
  return goesOn ? [moved, []] : advance({ ...moved, busy: false }, timeMs)
}

const couldNot = (state: MatcherState, { timeMs, reason }: Extract<MatcherEvent, { type: 'could-not' }>): Move => {
  const step = state.steps[state.next]
  if (step === undefined) return [state, []]
  if (step.kind === 'message' && step.optional) return advance({ ...pass(state, step, timeMs), busy: false }, timeMs)
  const text = `step ${step.number}: ${reason}`
  return finish(withOutcome(state, step, { status: 'error', frames: [], timeMs, reason: text }), timeMs)
}

/** A step that came all the same needed no moving. */
const unmoved = (state: MatcherState, event: Extract<MatcherEvent, { type: 'unmoved' }>): Move => {
  const place = state.steps.findIndex(({ number }) => number === event.step)
  const step = state.steps[place]
  if (step === undefined || state.done.has(place)) return [state, []]
  const { timeMs, means } = event
  const reason = `step ${step.number}: ${event.reason}`
  const told = withOutcome(state, step, { status: 'not-reached', frames: [], timeMs, reason, unmoved: means })
  return finish({ ...told, nevers: [] }, timeMs)
}

/** One move of a ladder's section: pure, the player performs the effects. */
export const step = (state: MatcherState, event: MatcherEvent): Move => {
  if (state.finished) return [state, []]
  switch (event.type) {
    case 'begin':
      return advance(state, event.timeMs)
    case 'received':
      return received(state, event)
    case 'sent':
      return sent(state, event)
    case 'verb-done':
      return verbDone(state, event)
    case 'could-not':
      return couldNot(state, event)
    case 'gone': {
      const current = state.steps[state.next]
      if (current === undefined || state.busy) return [state, []]
      const awaited = awaitedSteps(ahead(state), state.sut)
      const subject = awaited.find(isRequired) ?? current
      return mismatch(state, subject, event.timeMs, `expected ${showAwaited(awaited)}, but ${event.reason}`, [])
    }
    case 'repeated': {
      const { tx, by, timeMs } = event
      const open = state.carried.open.find((request) => request.tx === tx)
      if (open === undefined) return [state, []]
      return [{ ...state, carried: renamed(state.carried, tx, by), since: { ...state.since, [open.name]: timeMs } }, []]
    }
    case 'unmoved':
      return unmoved(state, event)
    case 'interrupted':
      return finish({ ...state, nevers: [] }, event.timeMs)
    case 'time':
      return timePassed(state, event.timeMs)
  }
}

import { otherSide } from '../core/finding.ts'
import { advance } from './advance.ts'
import { bindCall, closed, heard, keep, opened } from './carry.ts'
import { unmet } from './expect.ts'
import type { AnyOfStep, Meanwhile, MessageStep } from './ladder.ts'
import { type Observed, awaitedSteps, isRequired, matches, showAwaited, showMessage, showPattern } from './match.ts'
import {
  type MatcherEvent,
  type MatcherState,
  type Move,
  finish,
  mismatch,
  seconds,
  skipTo,
  withOutcome,
  withinOf,
} from './matcher-state.ts'

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

const refreshRule: Meanwhile = { method: 'INVITE', status: 200 }

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
    const rules = event.refresh === true ? [refreshRule] : state.meanwhile
    const rule = rules.find((candidate) => candidate.method === message.method)
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

/**
 * A section that has ended well, when an answer to a request of its steps comes behind its last step: no step takes it, so it
 * is as unexpected there as before. One that a step would have taken, and that was not waited for, is only late.
 */
export const late = (state: MatcherState, event: Observed): MatcherState => {
  const { open, calls } = state.carried
  const asked = open.some(({ tx, sender }) => tx === event.tx && sender !== state.sut)
  const skipped = (number: number): boolean =>
    state.outcomes.some(({ step: of, status }) => of === number && status === 'skipped')
  const awaited = state.steps.some(
    (one) =>
      one.kind === 'message' &&
      one.from === state.sut &&
      skipped(one.number) &&
      matches(one.pattern, event, calls[one.call], open, otherSide(state.sut)),
  )
  if (event.message.kind === 'request' || !asked || awaited) return state
  const [moved] = unexpected({ ...state, next: state.steps.length }, event)
  return moved
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
      if (current.kind === 'message' && current.optional) {
        const skipped = withOutcome(state, current, { status: 'skipped', frames: [], timeMs: event.timeMs })
        return advance({ ...skipped, next: state.next + 1, busy: false }, event.timeMs)
      }
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

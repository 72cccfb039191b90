import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Side } from '../../src/core/finding.ts'
import { loadLadder } from '../../src/scenario/load.ts'
import type { Meanwhile, Step } from '../../src/scenario/ladder.ts'
import {
  type MatcherEffect,
  type MatcherEvent,
  type MatcherState,
  createMatcher,
  nothingCarried,
} from '../../src/scenario/matcher-state.ts'
import { step } from '../../src/scenario/matcher.ts'
import type { Message } from '../../src/sip/message.ts'
import { buildRequest, buildResponse } from '../../src/sip/serialize.ts'
import { sampleContract } from '../support/contract.ts'

const { profile, numbers } = sampleContract
const scope = { profile, numbers, matrix: {}, kept: {}, edges: ['127.0.0.1:5060'], peer: '127.0.0.1' }

const stepsOf = (steps: string): readonly Step[] => {
  const text = `id: test/calls\ntitle: T\npurpose: P\ntests: [pbx, trunk]\nladder:\n${steps}`
  const loaded = loadLadder('test.yaml', text)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.value.ladder
}

/** The ladder's name of a call with `!` is what the user agent calls it: each INVITE of ours begins one. */
const play = (text: string, sut: Side = 'trunk', meanwhile: readonly Meanwhile[] = []) => {
  const steps = stepsOf(text)
  const base = { section: 'ladder', meanwhile, defaultWithinMs: 6400, scope, carried: nothingCarried } as const
  let state: MatcherState = createMatcher({ ...base, steps, sut })
  const effects: MatcherEffect[] = []
  let now = 0
  let frame = 0
  const feed = (event: MatcherEvent): void => {
    const [moved, more] = step(state, event)
    state = moved
    effects.push(...more)
    for (const effect of more) if (effect.type === 'send') sent(effect)
  }
  /** Our sends are met as soon as they are asked for. Transactions are named `out INVITE`. */
  const sent = ({ step: of, answers }: Extract<MatcherEffect, { type: 'send' }>): void => {
    frame += 1
    const pattern = of.kind === 'message' ? of.pattern : undefined
    const message: Message =
      pattern?.kind === 'request'
        ? buildRequest({ method: pattern.method, requestUri: 'sip:t', fields: [['CSeq', `1 ${pattern.method}`]] })
        : buildResponse({ status: pattern?.statuses[0] ?? 200, reason: 'OK', fields: [['CSeq', '1 INVITE']] })
    const tx = answers?.tx ?? `${of.call} ${message.kind === 'request' ? message.method : ''}`
    feed({ type: 'sent', timeMs: now, frames: [frame], tx, call: answers?.call ?? `${of.call}!`, message })
  }
  const receive = (message: Message, tx: string, call: string, inDialog: boolean): void => {
    frame += 1
    feed({ type: 'received', timeMs: now, frame, tx, call, inDialog, message })
  }
  const api = {
    at: (ms: number) => {
      now = ms
    },
    feed,
    answer: (call: string, status: number, method = 'INVITE'): void =>
      receive(
        buildResponse({ status, reason: 'R', fields: [['CSeq', `1 ${method}`]] }),
        `${call} ${method}`,
        `${call}!`,
        false,
      ),
    asks: (call: string, method: string, number = '+1'): void => {
      const fields = [['CSeq', `1 ${method}`] as const, ['To', `<sip:${number}@p>`] as const]
      receive(
        buildRequest({ method, requestUri: `sip:${number}@p`, fields }),
        `${call} ${method}`,
        `${call}!`,
        method !== 'INVITE',
      )
    },
    effects,
    statuses: () => state.outcomes.map(({ status }) => status),
    outcomeOf: (number: number) => state.outcomes.find((outcome) => outcome.step === number),
    calls: () => state.carried.calls,
    reason: () => state.outcomes.find(({ reason }) => reason !== undefined)?.reason,
    finished: () => state.finished,
  }
  feed({ type: 'begin', timeMs: 0 })
  return api
}

const loop = `
  - { pbx -> trunk: INVITE, call: out }
  - { any of: [180, 183], from: trunk, call: out }
  - { trunk -> pbx: INVITE, call: in, stimulus: none }
  - { pbx -> trunk: 180, call: in }
  - { pbx -> trunk: 200, call: in }
  - { trunk -> pbx: 200, call: out, within: 30s }
  - { pbx -> trunk: BYE, call: out }
  - { trunk -> pbx: 200 to BYE, call: out }
  - { trunk -> pbx: BYE, call: in, stimulus: none }
  - { pbx -> trunk: 200 to BYE, call: in }
`

describe('a call that goes out and comes back in', () => {
  test('is two calls to the ladder: each message meets a step of its own', () => {
    const ladder = play(loop)
    ladder.answer('out', 180)
    ladder.asks('in', 'INVITE')
    ladder.answer('out', 200)
    ladder.answer('out', 200, 'BYE')
    ladder.asks('in', 'BYE')
    expect(ladder.statuses()).toEqual(Array(10).fill('met'))
    expect(ladder.calls()).toEqual({ out: 'out!', in: 'in!' })
  })

  test('what the one call may still bring, it may bring while the other is at work', () => {
    const ladder = play(loop)
    ladder.asks('in', 'INVITE')
    ladder.answer('out', 183)
    ladder.answer('out', 200)
    ladder.asks('in', 'BYE') // crosses the 200 to our BYE
    ladder.answer('out', 200, 'BYE')
    expect(ladder.statuses()).toEqual(Array(10).fill('met'))
  })

  test('the call that comes in must be to the number that was called: a stranger is turned away', () => {
    const ladder = play(
      loop.replace('call: in, stimulus: none', "call: in, stimulus: none, with: { to: '+12025550150' }"),
      'trunk',
      [{ method: 'INVITE', status: 486 }],
    )
    ladder.asks('stranger', 'INVITE', '+12025550199')
    expect(ladder.effects.at(-1)).toMatchObject({ type: 'answer', status: 486, observed: { call: 'stranger!' } })
    ladder.asks('in', 'INVITE', '12025550150')
    expect(ladder.calls()).toEqual({ out: 'out!', in: 'in!' })
  })

  test('its last seven digits tell, whatever the network puts before them (E.164)', () => {
    const ladder = play(
      loop.replace('call: in, stimulus: none', "call: in, stimulus: none, with: { to: '+12025550150' }"),
      'trunk',
      [{ method: 'INVITE', status: 486 }],
    )
    ladder.asks('in', 'INVITE', '0015550150')
    expect(ladder.outcomeOf(3)?.status).toBe('met')
  })

  test('an answer before the call has come in is met, and the call is awaited on', () => {
    const ladder = play(loop)
    ladder.answer('out', 200)
    expect(ladder.finished()).toBe(false)
    expect(ladder.outcomeOf(2)?.status).toBe('skipped')
    ladder.asks('in', 'INVITE')
    expect(ladder.outcomeOf(5)?.status).toBe('met')
  })

  test('a provisional response behind the final one of the same call is a mismatch of no step, and recorded only', () => {
    const ladder = play(loop)
    ladder.asks('in', 'INVITE')
    ladder.answer('out', 200)
    ladder.answer('out', 183)
    expect(ladder.finished()).toBe(false)
  })

  test('a refusal of the one is told as that, though the other is at work', () => {
    const ladder = play(loop)
    ladder.answer('out', 486)
    expect(ladder.reason()).toBe('step 3: expected 180, 183 or INVITE from trunk, got 486 R (frame 2)')
    const other = play(loop)
    other.asks('in', 'INVITE')
    other.answer('out', 486)
    expect(other.reason()).toBe('step 6: expected 200 from trunk, got 486 R (frame 5)')
  })

  test('a response to one call never meets a step of the other', () => {
    const ladder = play(`
  - { pbx -> trunk: INVITE, call: first }
  - { pbx -> trunk: INVITE, call: second }
  - { trunk -> pbx: 200, call: first }
  - { trunk -> pbx: 486, call: second }
`)
    ladder.answer('first', 486)
    expect(ladder.reason()).toBe('step 3: expected 200 from trunk, got 486 R (frame 3)')
  })

  test('a request in the one call never meets a step of the other', () => {
    const ladder = play(`
  - { pbx -> trunk: INVITE, call: first }
  - { trunk -> pbx: 200, call: first }
  - { pbx -> trunk: INVITE, call: second }
  - { trunk -> pbx: 200, call: second }
  - { trunk -> pbx: BYE, call: second, stimulus: none }
`)
    ladder.answer('first', 200)
    ladder.answer('second', 200)
    ladder.asks('first', 'BYE')
    expect(ladder.reason()).toContain('got BYE')
  })
})

describe('patience', () => {
  test('counts from the last required step of the same call', () => {
    const ladder = play(loop)
    ladder.at(2000)
    ladder.asks('in', 'INVITE')
    expect(ladder.effects.at(-1)).toEqual({ type: 'wake', atMs: 30_000 })
    ladder.feed({ type: 'time', timeMs: 29_999 })
    expect(ladder.finished()).toBe(false)
    ladder.feed({ type: 'time', timeMs: 30_000 })
    expect(ladder.reason()).toBe('step 6: expected 200 from trunk within 30 s, got nothing')
  })

  test('of a call that has not begun counts from when it is awaited', () => {
    const ladder = play(loop)
    expect(ladder.effects.at(-1)).toEqual({ type: 'wake', atMs: 6400 })
    ladder.feed({ type: 'time', timeMs: 6400 })
    expect(ladder.reason()).toBe('step 3: expected 180, 183 or INVITE from trunk within 6.4 s, got nothing')
  })
})

describe('a new call of the system under test', () => {
  const two = `
  - { trunk -> pbx: INVITE, call: first, with: { to: '\${numbers.did}' }, stimulus: none }
  - { trunk -> pbx: INVITE, call: second, with: { to: '\${numbers.callee}' }, stimulus: none }
  - { pbx -> trunk: 200, call: first }
  - { pbx -> trunk: 200, call: second }
`
  test('where several are awaited, is the one whose number it calls, in whatever form', () => {
    const ladder = play(two)
    ladder.asks('b', 'INVITE', (numbers.callee ?? '').replace('+', ''))
    ladder.asks('a', 'INVITE', numbers.did)
    expect(ladder.calls()).toEqual({ first: 'a!', second: 'b!' })
    expect(ladder.statuses()).toEqual(['met', 'met', 'met', 'met'])
  })

  test('where its number is none of theirs, is the first that is awaited', () => {
    const ladder = play(two)
    ladder.asks('a', 'INVITE', '+4670000')
    ladder.asks('b', 'INVITE', '+4670000')
    expect(ladder.calls()).toEqual({ first: 'a!', second: 'b!' })
  })

  test('is not taken before the system under test was moved to make it', () => {
    const ladder = play(
      `
  - { trunk -> pbx: INVITE, call: first, stimulus: none }
  - { pbx -> trunk: 180, call: first }
  - { pbx -> trunk: 200, call: first }
  - { trunk -> pbx: BYE, call: first, stimulus: none }
  - { trunk -> pbx: INVITE, call: second }
`,
    )
    ladder.asks('a', 'INVITE')
    ladder.asks('b', 'INVITE')
    expect(ladder.reason()).toContain('expected BYE from trunk, got INVITE')
  })
})

describe('unordered', () => {
  const both = `
  - { pbx -> trunk: INVITE, call: first }
  - { any of: [180], from: trunk, call: first }
  - unordered:
      - { pbx <-> trunk: audio, for: 1s, call: first }
      - { pbx <-> trunk: audio, for: 2s, call: second }
  - { pbx -> trunk: OPTIONS, call: second }
`
  const done = (number: number, timeMs = 0): MatcherEvent => ({
    type: 'verb-done',
    step: number,
    timeMs,
    frames: [],
    facts: {},
  })

  test('its intervals begin at once, and the ladder goes on when the last has ended', () => {
    const ladder = play(both)
    expect(ladder.effects.flatMap((effect) => (effect.type === 'verb' ? [effect.step.number] : []))).toEqual([3, 4])
    ladder.feed(done(4))
    expect(ladder.outcomeOf(5)).toBeUndefined()
    ladder.feed(done(3))
    expect(ladder.statuses()).toEqual(['met', 'skipped', 'met', 'met', 'met'])
  })

  test('an interval ends once, and no other step is one', () => {
    const ladder = play(both)
    for (const number of [4, 4, 1, 9]) ladder.feed(done(number))
    expect(ladder.finished()).toBe(false)
  })

  test('intervals that stand one behind the other stay so', () => {
    const ladder = play(`
  - { pbx <-> trunk: audio, for: 1s, call: first }
  - { pbx <-> trunk: audio, for: 2s, call: second }
`)
    expect(ladder.effects).toHaveLength(1)
  })
})

/** Messages of two calls, each in its own order, in any mixture of both. */
const mixtures = fc.shuffledSubarray([0, 0, 0, 1, 1, 1], { minLength: 6 })

test('however the messages of two calls are mixed, the ladder is met', () => {
  const steps = `
  - { pbx -> trunk: INVITE, call: a }
  - { pbx -> trunk: INVITE, call: b }
  - { any of: [180, 183], from: trunk, call: a }
  - { trunk -> pbx: 200, call: a }
  - { any of: [180, 183], from: trunk, call: b }
  - { trunk -> pbx: 200, call: b }
  - { trunk -> pbx: BYE, call: a, stimulus: none }
  - { trunk -> pbx: BYE, call: b, stimulus: none }
`
  fc.assert(
    fc.property(mixtures, (order) => {
      const ladder = play(steps)
      const left = ['a', 'b'].map((call) => [
        () => ladder.answer(call, 183),
        () => ladder.answer(call, 200),
        () => ladder.asks(call, 'BYE'),
      ])
      for (const which of order) left[which]?.shift()?.()
      expect(ladder.statuses()).toEqual(Array(8).fill('met'))
    }),
  )
})

test('whatever comes, in whatever order, a step is met once at most and nothing throws', () => {
  const event = fc.record({
    kind: fc.constantFrom('answer', 'asks', 'time', 'verb-done', 'gone', 'could-not'),
    call: fc.constantFrom('out', 'in', 'other'),
    status: fc.constantFrom(100, 180, 183, 200, 401, 486),
    method: fc.constantFrom('INVITE', 'BYE', 'CANCEL', 'REFER'),
    number: fc.integer({ min: 0, max: 12 }),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      const ladder = play(loop)
      for (const [timeMs, { kind, call, status, method, number }] of events.entries()) {
        if (kind === 'answer') ladder.answer(call, status, method)
        else if (kind === 'asks') ladder.asks(call, method)
        else if (kind === 'time') ladder.feed({ type: 'time', timeMs })
        else if (kind === 'verb-done') ladder.feed({ type: 'verb-done', step: number, timeMs, frames: [], facts: {} })
        else ladder.feed({ type: kind === 'gone' ? 'gone' : 'could-not', timeMs, reason: 'x' })
      }
      ladder.feed({ type: 'interrupted', timeMs: 99 })
      expect(ladder.finished()).toBe(true)
      const statuses = ladder.statuses()
      expect(statuses).toHaveLength(10)
      expect(statuses.filter((status) => status === 'mismatch' || status === 'error').length).toBeLessThanOrEqual(1)
    }),
  )
})

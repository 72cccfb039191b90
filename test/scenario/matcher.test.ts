import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/sip/message.ts'
import { buildRequest, buildResponse } from '../../src/sip/serialize.ts'
import { loadLadder } from '../../src/scenario/load.ts'
import {
  type MatcherEffect,
  type MatcherEvent,
  type MatcherState,
  createMatcher,
  nothingCarried,
} from '../../src/scenario/matcher-state.ts'
import { speaksOf, step } from '../../src/scenario/matcher.ts'
import { sampleContract } from '../support/contract.ts'

const { profile, numbers } = sampleContract
const scope = { profile, numbers, matrix: {}, kept: {}, edges: ['127.0.0.1:5060'], peer: '127.0.0.1' }

const ladderOf = (steps: string, more = '') => {
  const text = `id: test/ladder\ntitle: A test\npurpose: To test.\ntests: [pbx, trunk]\n${more}ladder:\n${steps}`
  const loaded = loadLadder('test.yaml', text)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return loaded.value
}

/** Plays events against a ladder whose SUT is the trunk; our sends are met as soon as they are asked for. */
const play = (steps: string, more = '') => {
  const ladder = ladderOf(steps, more)
  let state: MatcherState = createMatcher({
    section: 'ladder',
    steps: ladder.ladder,
    sut: 'trunk',
    meanwhile: ladder.meanwhile,
    defaultWithinMs: 6400,
    scope,
    carried: nothingCarried,
  })
  const effects: MatcherEffect[] = []
  let now = 0
  let sent = 0
  const feed = (event: MatcherEvent): void => {
    const [moved, more_] = step(state, event)
    state = moved
    effects.push(...more_)
    for (const effect of more_) if (effect.type === 'send') answerSend(effect)
  }
  const answerSend = (effect: Extract<MatcherEffect, { type: 'send' }>): void => {
    sent += 1
    const { pattern } = effect.step.kind === 'message' ? effect.step : { pattern: undefined }
    const message: Message =
      pattern?.kind === 'request'
        ? buildRequest({ method: pattern.method, requestUri: 'sip:t', fields: [['CSeq', `${sent} ${pattern.method}`]] })
        : buildResponse({ status: 200, reason: 'OK', fields: [['CSeq', '1 BYE']] })
    feed({ type: 'sent', timeMs: now, frames: [sent], tx: effect.answers?.tx ?? `tx ${sent}`, call: 'a', message })
  }
  const receive = (message: Message, tx: string, inDialog = false, call = 'a'): void =>
    feed({ type: 'received', timeMs: now, frame: 100 + now, tx, call, inDialog, message })
  const response = (status: number, reason: string, tx: string, method = 'INVITE'): void =>
    receive(buildResponse({ status, reason, fields: [['CSeq', `1 ${method}`]] }), tx)
  const request = (method: string, tx: string, inDialog = true): void =>
    receive(buildRequest({ method, requestUri: 'sip:p', fields: [['CSeq', `1 ${method}`]] }), tx, inDialog)
  feed({ type: 'begin', timeMs: 0 })
  return {
    at: (ms: number) => {
      now = ms
    },
    feed,
    response,
    request,
    effects,
    statuses: () => state.outcomes.map(({ status }) => status),
    reason: () => state.outcomes.find(({ reason }) => reason !== undefined)?.reason,
    finished: () => state.finished,
    speaksOf: (status: number, tx: string) => {
      const message = buildResponse({ status, reason: '', fields: [] })
      return speaksOf(state, { timeMs: now, frame: 1, tx, call: 'a', inDialog: false, message })
    },
  }
}

const call = `
  - pbx -> trunk: INVITE
  - any of: [180, 183]
    from: trunk
  - trunk -> pbx: 200
  - pbx -> trunk: BYE
  - trunk -> pbx: 200 to BYE
`

describe('a ladder is met in order', () => {
  test('each step once, any of none or more', () => {
    const ladder = play(call)
    ladder.response(180, 'Ringing', 'tx 1')
    ladder.response(183, 'Session Progress', 'tx 1')
    ladder.response(200, 'OK', 'tx 1')
    ladder.response(200, 'OK', 'tx 2', 'BYE')
    expect(ladder.statuses()).toEqual(['met', 'met', 'met', 'met', 'met'])
    expect(ladder.finished()).toBe(true)
  })

  test('any of that never came is skipped', () => {
    const ladder = play(call)
    ladder.response(200, 'OK', 'tx 1')
    ladder.response(200, 'OK', 'tx 2', 'BYE')
    expect(ladder.statuses()).toEqual(['met', 'skipped', 'met', 'met', 'met'])
  })

  test('what is refused without a challenge needs no retry, and what is challenged is sent again', () => {
    const perhaps = `
  - pbx -> trunk: INVITE
  - trunk -> pbx: [401, 407]
    optional: true
  - pbx -> trunk: INVITE again
    optional: true
    send: true
  - trunk -> pbx: [483, 200]
`
    const refused = play(perhaps)
    refused.response(483, 'Too Many Hops', 'tx 1')
    expect(refused.statuses()).toEqual(['met', 'skipped', 'skipped', 'met'])
    const challenged = play(perhaps)
    challenged.response(401, 'Unauthorized', 'tx 1')
    challenged.response(483, 'Too Many Hops', 'tx 2')
    expect(challenged.statuses()).toEqual(['met', 'met', 'met', 'met'])
  })

  test('100 is a duty of the transaction and never a step', () => {
    const ladder = play(call)
    ladder.response(100, 'Trying', 'tx 1')
    ladder.response(200, 'OK', 'tx 1')
    expect(ladder.statuses()[2]).toBe('met')
  })
})

describe('a system under test that was not moved to a step', () => {
  const hangsUp = `
  - pbx -> trunk: INVITE
  - trunk -> pbx: 200
  - trunk -> pbx: BYE
`
  const unmoved = { type: 'unmoved', timeMs: 9, step: 3, means: 'stimulus.hang-up', reason: 'it ended 1' } as const

  test('has done nothing wrong: the step was not reached, with the reason', () => {
    const ladder = play(hangsUp)
    ladder.response(200, 'OK', 'tx 1')
    ladder.feed(unmoved)
    expect(ladder.statuses()).toEqual(['met', 'met', 'not-reached'])
    expect(ladder.reason()).toBe('step 3: it ended 1')
    expect(ladder.finished()).toBe(true)
  })

  test('and does it all the same meets the step', () => {
    const ladder = play(hangsUp)
    ladder.response(200, 'OK', 'tx 1')
    ladder.request('BYE', 'tx 2')
    ladder.feed(unmoved)
    expect(ladder.statuses()).toEqual(['met', 'met', 'met'])
    expect(ladder.reason()).toBeUndefined()
  })
})

describe('a mismatch says what was expected and what came', () => {
  test('another final response', () => {
    const ladder = play(call)
    ladder.at(12)
    ladder.response(488, 'Not Acceptable Here', 'tx 1')
    expect(ladder.reason()).toBe('step 3: expected 180, 183 or 200 from trunk, got 488 Not Acceptable Here (frame 112)')
    expect(ladder.statuses()).toEqual(['met', 'not-reached', 'mismatch', 'not-reached', 'not-reached'])
  })

  test('a provisional response that no step takes', () => {
    const ladder = play('  - pbx -> trunk: INVITE\n  - trunk -> pbx: 200\n')
    ladder.response(180, 'Ringing', 'tx 1')
    expect(ladder.reason()).toContain('expected 200 from trunk, got 180 Ringing')
  })

  test('one that rings behind one with early media is none', () => {
    const ladder = play(
      '  - pbx -> trunk: INVITE\n  - trunk -> pbx: 180\n    optional: true\n  - trunk -> pbx: 183\n  - trunk -> pbx: 200\n',
    )
    ladder.response(183, 'Session Progress', 'tx 1')
    ladder.response(180, 'Ringing', 'tx 1')
    ladder.response(200, 'OK', 'tx 1')
    expect(ladder.reason()).toBeUndefined()
  })

  test('nothing in time but progress, of which any number may come (RFC 3261 §13.2.2.1)', () => {
    const ladder = play('  - pbx -> trunk: INVITE\n  - trunk -> pbx: [180, 183]\n  - trunk -> pbx: 200\n')
    for (const [status, reason] of [
      [100, 'Trying'],
      [183, 'Session Progress'],
      [181, 'Call Is Being Forwarded'],
      [180, 'Ringing'],
    ] as const)
      ladder.response(status, reason, 'tx 1')
    expect(ladder.reason()).toBeUndefined()
    ladder.feed({ type: 'time', timeMs: 6400 })
    expect(ladder.reason()).toMatch(/got only 181 Call Is Being Forwarded \(frame \d+\), 180 Ringing \(frame \d+\)$/)
  })

  describe('a CANCEL and its INVITE: nothing orders their responses (RFC 3261 §9.1, §17)', () => {
    const cancelled =
      '  - pbx -> trunk: INVITE\n  - trunk -> pbx: 180\n  - pbx -> trunk: CANCEL\n' +
      '  - trunk -> pbx: 200 to CANCEL\n  - trunk -> pbx: 487 or 200 to INVITE\n'
    const rung = () => {
      const ladder = play(cancelled)
      ladder.response(180, 'Ringing', 'tx 1')
      return ladder
    }
    test.each([
      ['487 behind 200 to CANCEL', ['CANCEL', 'INVITE'], 487],
      ['487 before 200 to CANCEL', ['INVITE', 'CANCEL'], 487],
      ['a 200 that crossed the CANCEL', ['INVITE', 'CANCEL'], 200],
    ])('%s', (_, order, status) => {
      const ladder = rung()
      for (const method of order)
        if (method === 'CANCEL') ladder.response(200, 'OK', 'tx 2', 'CANCEL')
        else ladder.response(status, 'End', 'tx 1')
      expect(ladder.reason()).toBeUndefined()
      expect(ladder.statuses()).toEqual(['met', 'met', 'met', 'met', 'met'])
    })
    test('both are waited for', () => {
      const ladder = rung()
      ladder.response(487, 'Request Terminated', 'tx 1')
      ladder.feed({ type: 'time', timeMs: 6400 })
      expect(ladder.reason()).toBe('step 4: expected 200 to CANCEL from trunk within 6.4 s, got nothing')
    })
  })

  test('nothing in time', () => {
    const ladder = play(call)
    const wake = ladder.effects.find((effect) => effect.type === 'wake')
    expect(wake).toEqual({ type: 'wake', atMs: 6400 })
    ladder.feed({ type: 'time', timeMs: 6400 })
    expect(ladder.reason()).toBe('step 3: expected 180, 183 or 200 from trunk within 6.4 s, got nothing')
  })

  test('a response to another request than the one the step speaks of', () => {
    const ladder = play(call)
    ladder.response(200, 'OK', 'tx 1')
    ladder.response(200, 'OK', 'tx 1', 'INVITE')
    expect(ladder.finished()).toBe(false)
  })

  test('a request that neither step nor meanwhile speaks of', () => {
    const ladder = play(call)
    ladder.request('REFER', 'tx 9')
    expect(ladder.reason()).toContain('got REFER')
  })
})

test('meanwhile takes a request and the ladder goes on', () => {
  const ladder = play(call, 'meanwhile: { OPTIONS: 200 }\n')
  ladder.request('OPTIONS', 'tx 9', false)
  expect(ladder.effects.filter(({ type }) => type === 'answer')).toHaveLength(1)
  ladder.response(200, 'OK', 'tx 1')
  ladder.response(200, 'OK', 'tx 2', 'BYE')
  expect(ladder.statuses()).toEqual(['met', 'skipped', 'met', 'met', 'met'])
})

describe('never', () => {
  const steps = `
  - pbx -> trunk: INVITE
    as: sent
  - never: 183
    from: trunk
    until: rung
  - trunk -> pbx: 180
    as: rung
  - any of: [183]
    from: trunk
  - trunk -> pbx: 200
`
  test('it is a mismatch when it comes', () => {
    const ladder = play(steps)
    ladder.response(183, 'Session Progress', 'tx 1')
    expect(ladder.reason()).toContain('never 183, got it')
  })
  test('after its until it may come', () => {
    const ladder = play(steps)
    ladder.response(180, 'Ringing', 'tx 1')
    ladder.response(183, 'Session Progress', 'tx 1')
    ladder.response(200, 'OK', 'tx 1')
    expect(ladder.statuses()).toEqual(['met', 'met', 'met', 'met', 'met'])
  })
})

test('expect compares typed field paths and names the one that differs', () => {
  const ladder = play(`
  - pbx -> trunk: INVITE
    as: first
  - trunk -> pbx: 200
    expect: { CSeq: '\${first.CSeq}', Require: absent }
`)
  ladder.feed({
    type: 'received',
    timeMs: 5,
    frame: 7,
    tx: 'tx 1',
    call: 'a',
    inDialog: false,
    message: buildResponse({
      status: 200,
      reason: 'OK',
      fields: [
        ['CSeq', '1 INVITE'],
        ['Require', '100rel'],
      ],
    }),
  })
  expect(ladder.reason()).toBe('step 2: Require: expected to be absent, got 100rel (frame 7)')
})

describe('a request that goes again as a duty', () => {
  const withHold = `
  - pbx -> trunk: INVITE
  - trunk -> pbx: 200
  - pbx -> trunk: re-INVITE
  - trunk -> pbx: 200 to INVITE
    within: 1s
`
  const held = () => {
    const ladder = play(withHold)
    ladder.response(200, 'OK', 'tx 1')
    return ladder
  }

  test('is met by the answer to its last try', () => {
    const ladder = held()
    ladder.feed({ type: 'repeated', timeMs: 0, tx: 'tx 2', by: 'tx 3' })
    ladder.response(200, 'OK', 'tx 3')
    expect(ladder.statuses()).toEqual(['met', 'met', 'met', 'met'])
  })

  test('has its whole time from then on', () => {
    const ladder = held()
    ladder.feed({ type: 'repeated', timeMs: 4000, tx: 'tx 2', by: 'tx 2' })
    ladder.at(4999)
    ladder.feed({ type: 'time', timeMs: 4999 })
    expect(ladder.finished()).toBe(false)
    ladder.feed({ type: 'time', timeMs: 5000 })
    expect(ladder.reason()).toBe('step 4: expected 200 to INVITE from trunk within 1 s, got nothing')
  })

  test('is none where the ladder speaks of its answer, to await it or to forbid it', () => {
    expect(held().speaksOf(491, 'tx 2')).toBe(false)
    expect(held().speaksOf(200, 'tx 2')).toBe(true)
    const forbids = play(withHold.replace('  - pbx -> trunk: re-INVITE', '  - never: 491\n  - pbx -> trunk: re-INVITE'))
    forbids.response(200, 'OK', 'tx 1')
    expect(forbids.speaksOf(491, 'tx 2')).toBe(true)
  })

  test('of which nothing is known changes nothing', () => {
    const ladder = held()
    ladder.feed({ type: 'repeated', timeMs: 4000, tx: 'tx 9', by: 'tx 3' })
    ladder.response(200, 'OK', 'tx 2')
    expect(ladder.statuses()).toEqual(['met', 'met', 'met', 'met'])
  })
})

import { describe, expect, test } from 'vitest'
import { type Side, otherSide } from '../../src/core/finding.ts'
import { ok } from '../../src/core/result.ts'
import { namesIn } from '../../src/profile/template.ts'
import { readChecks, readLadders, readProfiles } from '../../src/run/catalogue.ts'
import { notApplicable } from '../../src/scenario/applicable.ts'
import { cellsOf } from '../../src/scenario/cells.ts'
import type { Ladder, MessageStep, Step } from '../../src/scenario/ladder.ts'
import { namesUsed } from '../../src/scenario/names.ts'
import { type Scope, resolve } from '../../src/scenario/reference.ts'
import { speakable } from '../../src/sdp/codecs.ts'
import { sampleContract } from '../support/catalogue.ts'

const loaded = readLadders()
const ladders = loaded.ok ? loaded.value : []
const profiles = readProfiles()
const profileIds = profiles.ok ? profiles.value.map(({ id }) => id) : []
const checks = await readChecks()

const stepsOf = ({ setup, ladder, finally: last }: Ladder): readonly Step[] => [...setup, ...ladder, ...last]

test('all ladders load', () => {
  expect(loaded).toMatchObject({ ok: true })
})

test.each([
  'termination/answered-call',
  'termination/wrong-password',
  'termination/malformed-number',
  'termination/busy',
  'termination/no-answer-cancel',
  'termination/early-media',
  'termination/far-end-hangs-up',
  'termination/hold-resume',
  'origination/answered-call',
  'origination/record-routing-edge',
  'origination/far-end-hangs-up',
])('there is %s', (id) => {
  expect(ladders.map((ladder) => ladder.id)).toContain(id)
})

test('the ladders of OPTIONS are found by *options*', () => {
  const sides = ladders.filter(({ id }) => id.includes('options')).flatMap(({ tests }) => tests)
  expect(sides).toEqual(expect.arrayContaining(['pbx', 'trunk']))
})

test('every word of the language is used by a ladder', () => {
  const all = ladders.flatMap(stepsOf)
  const messages = all.filter((step) => step.kind === 'message')
  expect(all.some(({ kind }) => kind === 'any-of')).toBe(true)
  expect(all.some((step) => step.kind === 'never' && step.until !== undefined)).toBe(true)
  expect(messages.some((step) => step.as !== undefined)).toBe(true)
  expect(messages.some((step) => step.expect.length > 0)).toBe(true)
  expect(messages.some((step) => step.without.includes('ACK'))).toBe(true)
  expect(messages.some((step) => step.again > 1)).toBe(true)
  expect(messages.some((step) => (step.edge ?? 1) > 1)).toBe(true)
  expect(messages.some((step) => step.optional && step.send)).toBe(true)
  expect(ladders.some(({ setup }) => setup.length > 0)).toBe(true)
  expect(ladders.some((ladder) => ladder.finally.length > 0)).toBe(true)
  expect(ladders.some(({ breaks }) => breaks.length > 0)).toBe(true)
  expect(ladders.some(({ needs }) => needs.length > 0)).toBe(true)
  expect(ladders.some(({ id, meanwhile }) => id.startsWith('options/') && meanwhile.length > 0)).toBe(true)
})

/** Requests that wait for their final response, while the steps of a ladder go by. */
const unanswered = (open: readonly MessageStep[], step: MessageStep): readonly MessageStep[] | string => {
  const { pattern, from } = step
  if (pattern.kind === 'request') {
    const invited = open.some(({ pattern: other }) => other.kind === 'request' && other.method === 'INVITE')
    if (pattern.method === 'CANCEL' && !invited) return 'CANCEL without an INVITE that waits'
    return [...open, step]
  }
  const request = open.find(
    (each) =>
      each.from !== from &&
      each.pattern.kind === 'request' &&
      (pattern.to === undefined || each.pattern.method === pattern.to),
  )
  if (request === undefined) return `nothing for ${from} to answer`
  const final = pattern.statuses.some((status) => status >= 200)
  return final ? open.filter((each) => each !== request) : open
}

describe.each(ladders)('$id', (ladder) => {
  test('says why it exists', () => {
    expect(ladder.purpose.length).toBeGreaterThan(40)
  })

  test('answers only what was asked, by the right party', () => {
    let open: readonly MessageStep[] = []
    for (const step of stepsOf(ladder)) {
      if (step.kind === 'any-of')
        expect(open.map(({ from }) => from)).toContain(otherSide(step.from === 'pbx' ? 'pbx' : 'trunk'))
      if (step.kind !== 'message') continue
      expect(step.to).not.toBe(step.from)
      const next = unanswered(open, step)
      if (typeof next === 'string') throw new Error(`${step.head}: ${next}`)
      open = next
    }
  })

  test('retries only what was challenged', () => {
    const all = stepsOf(ladder)
    all.forEach((step, index) => {
      if (step.kind !== 'message' || step.pattern.kind !== 'request' || step.pattern.how !== 'again') return
      const before = all[index - 1]
      expect(before?.kind === 'message' && before.pattern.kind === 'response' && before.pattern.statuses).toEqual([
        401, 407,
      ])
    })
  })

  test('breaks only what a check judges', () => {
    const known = checks.map(({ id }) => id)
    expect(ladder.breaks.filter((check) => !known.includes(check))).toEqual([])
  })

  test('lasts less than 5 seconds of its own waiting', () => {
    const all = stepsOf(ladder)
    const isWithEarlier = (step: Step): boolean =>
      step.kind === 'verb' &&
      step.group !== undefined &&
      all.find((one) => one.kind === 'verb' && one.group === step.group) !== step
    // Such a verb ends as soon as what it waits for has come: its time is a limit.
    const isPatience = (step: Step): boolean =>
      step.kind === 'verb' && (step.phone !== undefined || step.verb === 'dtmf')
    const waits = all
      .filter((step) => !isWithEarlier(step) && !isPatience(step))
      .map((step) => (step.kind === 'verb' ? step.forMs : step.kind === 'message' ? (step.afterMs ?? 0) : 0))
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(2000)
  })

  test.each(profileIds)('refers only to what %s and its numbers have', (id) => {
    const contract = sampleContract(id)
    // What a provider does not document cannot be referred to, and its ladder is not played.
    const isDocumented = (side: Side): boolean =>
      notApplicable(ladder, contract, side, new Set())?.startsWith(`${id} does not document`) !== true
    for (const side of ladder.tests.filter(isDocumented))
      for (const cell of cellsOf(ladder, contract, side, speakable)) {
        const scope: Scope = {
          profile: contract.profile,
          numbers: contract.numbers,
          matrix: cell.values,
          kept: {},
          edges: ['127.0.0.1:5060', '127.0.0.1:5062'],
          peer: '127.0.0.1',
        }
        const kept = stepsOf(ladder).map((step) => (step.kind === 'message' ? step.as : undefined))
        for (const name of namesUsed(stepsOf(ladder).map((step) => ('with' in step ? step.with : {})))) {
          if (kept.includes(name.split('.')[0] ?? '')) continue
          expect(resolve(`\${${name}}`, scope)).toMatchObject({ ok: true })
        }
      }
  })

  test('has a cell against each side that it tests', () => {
    for (const id of profileIds)
      for (const side of ladder.tests)
        expect(cellsOf(ladder, sampleContract(id, { sources: ['127.0.2.1'] }), side, speakable).length).toBeGreaterThan(
          0,
        )
  })
})

test('references are read from every text of a step', () => {
  expect(namesIn('${a}')).toEqual(ok(['a']))
  expect(namesUsed([{ with: { to: '${numbers.callee}', offer: ['${codec}'] } }])).toEqual(['numbers.callee', 'codec'])
})

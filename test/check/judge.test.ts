import { describe, expect, test } from 'vitest'
import { type Check, type Judgement, defineCheck } from '../../src/check/check.ts'
import { judge } from '../../src/check/judge.ts'
import { naturally } from '../../src/check/natural.ts'
import { inOrder } from '../../src/check/order.ts'
import { verdictOf } from '../../src/check/verdict.ts'
import type { RequirementRow } from '../../src/profile/profile.ts'
import { sampleContract } from '../support/catalogue.ts'
import { callOut } from '../support/calls.ts'

const { evidence: clean } = callOut({ sut: 'trunk', until: 'INVITE 1' })

const evidenceWith = (
  rows: Readonly<Record<string, readonly RequirementRow[]>> = {},
  breaks: readonly string[] = [],
) => {
  const contract = sampleContract()
  return { ...clean, breaks, contract: { ...contract, profile: { ...contract.profile, requirements: rows } } }
}

const said = (change: Partial<Judgement> = {}): Judgement => ({
  subject: 'call 1',
  call: 'call 1',
  side: 'trunk',
  verdict: 'pass',
  expected: 'this',
  actual: 'that',
  frames: [1],
  ...change,
})

const check = (id: string, judgements: readonly Judgement[], change: Partial<Check> = {}): Check =>
  defineCheck({
    id,
    title: id,
    subject: 'call',
    strength: 'MUST',
    cite: '3261 §1',
    requirement: id,
    advice: `mend ${id}`,
    judges: ['pbx', 'trunk'],
    presupposes: [],
    judge: () => judgements,
    ...change,
  })

const only = (checks: readonly Check[], evidence = evidenceWith()) => {
  const [finding, ...rest] = judge(checks, evidence)
  if (finding === undefined || rest.length > 0) throw new Error('one finding is wanted')
  return finding
}

describe('strength', () => {
  const fails = (change: Partial<Judgement>, strength: Check['strength'], rows: readonly RequirementRow[]) =>
    only([check('a', [said({ verdict: 'fail', ...change })], { strength })], evidenceWith({ a: rows })).verdict
  test('a broken MUST fails, a broken SHOULD or advice warns', () => {
    expect(fails({}, 'MUST', [])).toBe('fail')
    expect(fails({}, 'SHOULD', [])).toBe('warn')
    expect(fails({}, 'ADVICE', [])).toBe('warn')
  })
  test('the judgement goes over the check, and the row of the profile over both', () => {
    expect(fails({ strength: 'SHOULD' }, 'MUST', [])).toBe('warn')
    expect(fails({ strength: 'SHOULD' }, 'ADVICE', [{ ids: [], strength: 'MUST' }])).toBe('fail')
    expect(fails({ strength: 'MUST' }, 'MUST', [{ ids: [], strength: 'SHOULD' }])).toBe('warn')
  })
  test('a row of the other side says nothing', () => {
    expect(fails({}, 'MUST', [{ side: 'pbx', ids: [], strength: 'SHOULD' }])).toBe('fail')
  })
})

describe('requirements and advice', () => {
  const rows = {
    a: [{ side: 'trunk', ids: ['T-1'], advice: 'ask the trunk' }, { side: 'pbx', ids: ['P-1'] }, { ids: ['B-1'] }],
  } as const
  test('are those of the rows for the side that is judged, and of rows without a side', () => {
    const finding = only([check('a', [said({ verdict: 'fail' })])], evidenceWith(rows))
    expect(finding.requirements).toEqual(['T-1', 'B-1'])
    expect(finding.advice).toBe('ask the trunk')
  })
  test('a pass needs no advice, and nobody is at fault', () => {
    const finding = only([check('a', [said()])], evidenceWith(rows))
    expect(finding).toMatchObject({ verdict: 'pass', advice: null, atFault: null, requirements: ['T-1', 'B-1'] })
  })
  test('the advice of the check stands where the profile has none, and its side is at fault', () => {
    const finding = only([check('a', [said({ verdict: 'fail' })])])
    expect(finding).toMatchObject({ advice: 'mend a', atFault: 'trunk' })
  })
  test('a judgement may name another at fault', () => {
    expect(only([check('a', [said({ verdict: 'fail', atFault: 'network' })])]).atFault).toBe('network')
  })
})

describe('our own side', () => {
  test('keeps a rule without a word', () => {
    expect(
      judge([check('a', [said({ side: 'pbx' }), said({ side: 'pbx', verdict: 'inconclusive' })])], evidenceWith()),
    ).toEqual([])
  })
  test('breaking a rule is an error of the harness', () => {
    const finding = only(
      [check('a', [said({ side: 'pbx', verdict: 'fail' })])],
      evidenceWith({ a: [{ ids: ['X-1'] }] }),
    )
    expect(finding).toMatchObject({ verdict: 'error', atFault: 'harness', requirements: [] })
  })
  test('breaking it on purpose is not judged', () => {
    expect(judge([check('a', [said({ side: 'pbx', verdict: 'fail' })])], evidenceWith({}, ['a']))).toEqual([])
  })
})

test('a pass that no frame proves is an error', () => {
  expect(only([check('a', [said({ frames: [] })])])).toMatchObject({ verdict: 'error', atFault: 'harness' })
})

test('frames are ascending and named once', () => {
  expect(only([check('a', [said({ frames: [9, 2, 9, 1] })])]).frames).toEqual([1, 2, 9])
})

describe('presupposition', () => {
  const later = (change: Partial<Judgement> = {}) => check('a-later', [said(change)], { presupposes: ['z-first'] })
  const verdictAfter = (first: Partial<Judgement>, change: Partial<Judgement> = {}) =>
    judge([later(change), check('z-first', [said(first)])], evidenceWith()).find(({ check: id }) => id === 'a-later')
  test('a failed check of the same call makes what rests on it inconclusive, and says so', () => {
    expect(verdictAfter({ verdict: 'fail' })).toMatchObject({
      verdict: 'inconclusive',
      actual: 'because of z-first',
      atFault: null,
      advice: null,
    })
  })
  test('so does one that is inconclusive or an error', () => {
    expect(verdictAfter({ verdict: 'inconclusive' })?.verdict).toBe('inconclusive')
    expect(verdictAfter({ frames: [] })?.verdict).toBe('inconclusive')
  })
  test('one that passed or warns does not', () => {
    expect(verdictAfter({})?.verdict).toBe('pass')
    expect(verdictAfter({ verdict: 'fail', strength: 'SHOULD' })?.verdict).toBe('pass')
  })
  test('another call is not concerned, the whole run is', () => {
    expect(verdictAfter({ verdict: 'fail', call: 'call 2' })?.verdict).toBe('pass')
    expect(verdictAfter({ verdict: 'fail', call: undefined })?.verdict).toBe('inconclusive')
  })
  test('it hands on through checks that became inconclusive themselves', () => {
    const middle = check('m', [said()], { presupposes: ['z'] })
    const last = check('a', [said()], { presupposes: ['m'] })
    const findings = judge([last, middle, check('z', [said({ verdict: 'fail' })])], evidenceWith())
    expect(findings.map(({ actual }) => actual)).toEqual(['because of m', 'because of z', 'that'])
  })
  test('a circle is a mistake of ours', () => {
    const circle = [check('a', [], { presupposes: ['b'] }), check('b', [], { presupposes: ['a'] })]
    expect(() => inOrder(circle)).toThrow('a -> b -> a')
  })
})

describe('a check that whatever else failed explains', () => {
  const last = (verdict: 'pass' | 'fail') => check('a', [said({ verdict })], { presupposes: ['*'] })
  const verdictBeside = (verdict: 'pass' | 'fail', other: Partial<Judgement>) =>
    judge([last(verdict), check('other', [said(other)])], evidenceWith())[0]?.verdict
  test('is inconclusive where it fails beside another fail of the same call', () => {
    expect(verdictBeside('fail', { verdict: 'fail' })).toBe('inconclusive')
    expect(verdictBeside('fail', { verdict: 'fail', call: undefined })).toBe('inconclusive')
  })
  test('fails where nothing else did, or only warns', () => {
    expect(verdictBeside('fail', {})).toBe('fail')
    expect(verdictBeside('fail', { verdict: 'fail', strength: 'SHOULD' })).toBe('fail')
    expect(verdictBeside('fail', { verdict: 'fail', call: 'call 2' })).toBe('fail')
  })
  test('passes all the same', () => {
    expect(verdictBeside('pass', { verdict: 'fail' })).toBe('pass')
  })
})

test('findings come by check, then by subject as people count', () => {
  const findings = judge(
    [check('b', [said()]), check('a', [said({ subject: 'call 10' }), said({ subject: 'call 9' })])],
    evidenceWith(),
  )
  expect(findings.map((finding) => `${finding.check} ${finding.subject}`)).toEqual([
    'a call 9',
    'a call 10',
    'b call 1',
  ])
})

test('natural order counts numbers and puts a part before its whole', () => {
  const sorted = ['call 10/INVITE 2', 'call 2/INVITE 10', 'call 2/INVITE 9', 'call 2', 'OPTIONS 1'].sort(naturally)
  expect(sorted).toEqual(['OPTIONS 1', 'call 2', 'call 2/INVITE 9', 'call 2/INVITE 10', 'call 10/INVITE 2'])
})

describe('the verdict of a ladder run', () => {
  test('is the worst of its findings', () => {
    const findings = judge([check('a', [said(), said({ verdict: 'fail', strength: 'SHOULD' })])], evidenceWith())
    expect(verdictOf(findings)).toBe('warn')
  })
  test('is inconclusive where nothing was judged', () => {
    expect(verdictOf([])).toBe('inconclusive')
  })
  test('what is wrong in very many streams of a call is told once, with their number', () => {
    const streams = Array.from({ length: 2000 }, (_, index) =>
      said({ subject: `stream trunk>pbx ${index + 1}`, verdict: 'fail', frames: [index + 1] }),
    )
    const found = judge([check('one', streams)], evidenceWith())
    expect(found.map(({ subject, actual }) => [subject, actual])).toEqual([
      ['stream trunk>pbx 1', 'that, and so 1999 other streams'],
    ])
    expect(found[0]?.frames).toHaveLength(20)
    expect(judge([check('one', streams.slice(0, 3))], evidenceWith())).toHaveLength(3)
    const calls = streams.map((one, index) => ({ ...one, call: `call ${index + 1}` }))
    expect(judge([check('one', calls)], evidenceWith())).toHaveLength(2000)
  })
})

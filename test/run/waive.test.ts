import { expect, test } from 'vitest'
import type { Finding } from '../../src/core/finding.ts'
import type { LadderResult } from '../../src/report/result.ts'
import { applyWaivers } from '../../src/run/waive.ts'

const finding: Finding = {
  check: 'from-host',
  subject: 'call 1/INVITE 1',
  verdict: 'warn',
  expected: 'a',
  actual: 'b',
  frames: [1],
  requirements: [],
  atFault: 'pbx',
  advice: null,
}
const ladder: LadderResult = {
  id: 'termination/busy',
  side: 'pbx',
  cell: '',
  title: '',
  verdict: 'warn',
  durationMs: 0,
  findings: [finding, { ...finding, check: 'to-echoed', verdict: 'pass' }],
  reason: null,
  steps: [],
  rows: [],
}
const waiver = { check: 'from-host', owner: 'Ann', reason: 'The PBX cannot.', until: '2026-12-31' }

test('a finding that a waiver matches is waived, and the waiver is told', () => {
  const { ladders, notes } = applyWaivers(
    [ladder],
    [{ ...waiver, ladder: 'termination/*', subject: 'call 1/*' }],
    'sinch/eu',
    '2026-11-20',
  )
  expect(ladders[0]?.findings.map(({ verdict }) => verdict)).toEqual(['waived', 'pass'])
  expect(ladders[0]?.verdict).toBe('waived')
  expect(ladders[0]?.findings[0]?.advice).toBe('waived by Ann until 2026-12-31: The PBX cannot.')
  expect(notes).toEqual(['the waiver of from-host by Ann until 2026-12-31 holds for 1 findings: The PBX cannot.'])
})

test('a waiver of another profile, ladder, check or subject matches nothing, and that is told', () => {
  for (const other of [
    { profile: 'vonage/*' },
    { ladder: 'origination/*' },
    { check: 'ptime' },
    { subject: 'call 2*' },
  ]) {
    const { ladders, notes } = applyWaivers([ladder], [{ ...waiver, ...other }], 'sinch/eu', '2026-11-20')
    expect(ladders).toEqual([ladder])
    expect(notes[0]).toContain('matches nothing')
  }
})

const warnings = (of: ReturnType<typeof applyWaivers>): readonly string[] =>
  of.ladders.flatMap(({ id, findings }) =>
    id === 'config/waivers' ? findings.map(({ verdict, subject, actual }) => `${verdict} ${subject}: ${actual}`) : [],
  )

test('a waiver whose day is over holds no more, and is a warning', () => {
  const over = applyWaivers([ladder], [waiver], 'sinch/eu', '2027-01-01')
  expect(over.ladders[0]).toEqual(ladder)
  expect(warnings(over)).toEqual(['warn waiver 1: the waiver of from-host by Ann until 2026-12-31 is over'])
})

test('a waiver of what passes is a warning; where its check judged nothing it is none', () => {
  const [passing, unjudged] = [
    { ...waiver, check: 'to-echoed' },
    { ...waiver, check: 'ptime' },
  ]
  expect(warnings(applyWaivers([ladder], [waiver, passing, unjudged], 'sinch/eu', '2026-11-20'))).toEqual([
    'warn waiver 2: the waiver of to-echoed by Ann until 2026-12-31 is not needed: what it is for is right now',
  ])
})

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
    expect(notes[0]).toContain('matches nothing: remove it')
  }
})

test('a waiver whose day is over holds no more', () => {
  const { ladders, notes } = applyWaivers([ladder], [waiver], 'sinch/eu', '2027-01-01')
  expect(ladders).toEqual([ladder])
  expect(notes).toEqual(['the waiver of from-host by Ann until 2026-12-31 is over'])
})

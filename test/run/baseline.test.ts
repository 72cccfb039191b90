import { describe, expect, test } from 'vitest'
import type { Finding, Verdict } from '../../src/core/finding.ts'
import type { LadderResult } from '../../src/report/result.ts'
import { applyBaseline, baselineOf } from '../../src/run/baseline.ts'

const finding = (check: string, verdict: Verdict): Finding => ({
  check,
  subject: 'call 1',
  verdict,
  expected: 'a',
  actual: 'b',
  frames: [1],
  requirements: [],
  atFault: null,
  advice: null,
})

const ladder = (...findings: readonly Finding[]): LadderResult => ({
  id: 'termination/busy',
  side: 'pbx',
  cell: '',
  title: '',
  verdict: 'fail',
  durationMs: 0,
  findings,
  reason: null,
  steps: [],
  rows: [],
})

const resultOf = (...ladders: readonly LadderResult[]): string =>
  JSON.stringify({ tool: 'trunkproof', profile: 'sinch/eu', ladders })

const compared = (before: readonly Finding[], now: readonly Finding[]) => {
  const known = baselineOf(resultOf(ladder(...before)), 'sinch/eu')
  if (!known.ok) throw new Error(known.fault.saw)
  const { ladders, notes } = applyBaseline([ladder(...now)], known.value)
  return { verdicts: ladders[0]?.findings.map(({ verdict }) => verdict), of: ladders[0]?.verdict, notes }
}

describe('beside a baseline', () => {
  test('what was wrong before is waived, and what is new fails', () => {
    const before = [finding('from-host', 'warn'), finding('ptime', 'fail'), finding('to-echoed', 'pass')]
    expect(
      compared(before, [finding('from-host', 'warn'), finding('ptime', 'pass'), finding('to-echoed', 'fail')]),
    ).toEqual({
      verdicts: ['waived', 'pass', 'fail'],
      of: 'fail',
      notes: ['the baseline: 1 findings are as they were; 1 of the baseline are gone or were not judged'],
    })
  })
  test('what became worse fails', () => {
    expect(compared([finding('from-host', 'warn')], [finding('from-host', 'fail')]).verdicts).toEqual(['fail'])
    const waived: Finding = { ...finding('from-host', 'waived'), waived: 'warn' }
    expect(compared([waived], [finding('from-host', 'fail')]).verdicts).toEqual(['fail'])
    expect(compared([waived], [finding('from-host', 'warn')]).verdicts).toEqual(['waived'])
  })
  test('what could not be told is waived beside the failure that explains it, and never by itself', () => {
    const [failed, silent] = [finding('from-host', 'fail'), finding('ptime', 'inconclusive')]
    expect(compared([failed, silent], [failed, silent]).verdicts).toEqual(['waived', 'waived'])
    expect(compared([silent], [silent])).toMatchObject({ verdicts: ['inconclusive'] })
    expect(compared([finding('ptime', 'fail')], [silent]).verdicts).toEqual(['inconclusive'])
  })
  test('an error of trunkproof is never waived', () => {
    expect(compared([finding('ptime', 'error')], [finding('ptime', 'error')]).verdicts).toEqual(['error'])
  })
})

test('what is no result.json, or one of another profile, is no baseline', () => {
  expect(baselineOf(resultOf(), 'vonage/eu')).toMatchObject({
    fault: { saw: 'it is of sinch/eu, and this run is of vonage/eu' },
  })
  expect(baselineOf('{', 'sinch/eu')).toMatchObject({ ok: false, fault: { saw: 'it is no JSON' } })
  for (const text of ['{}', '[]', '{"tool":"other","ladders":[]}'])
    expect(baselineOf(text, 'sinch/eu')).toMatchObject({
      ok: false,
      fault: { saw: 'it is no result.json of trunkproof' },
    })
})

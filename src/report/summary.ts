import type { Verdict } from '../core/finding.ts'
import type { LadderResult, Summary } from './result.ts'

const keys = {
  pass: 'pass',
  warn: 'warn',
  fail: 'fail',
  inconclusive: 'inconclusive',
  error: 'error',
  'not-applicable': 'notApplicable',
  info: 'info',
  waived: 'waived',
} as const satisfies Record<Verdict, keyof Summary>

/** Counts findings; a ladder that was not played has none. */
export const summarize = (ladders: readonly Pick<LadderResult, 'findings'>[]): Summary => {
  const counts = { pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0, notApplicable: 0, info: 0, waived: 0 }
  for (const { findings } of ladders) for (const { verdict } of findings) counts[keys[verdict]] += 1
  return counts
}

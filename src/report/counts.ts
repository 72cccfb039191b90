import type { Finding, Verdict } from '../core/finding.ts'
import type { Paint } from './paint.ts'

/** Worst first: the order of counts and of findings. */
export const worstFirst: readonly Verdict[] = [
  'error',
  'fail',
  'inconclusive',
  'warn',
  'waived',
  'info',
  'not-applicable',
  'pass',
]

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A verdict as wide as the longest of them. */
export const verdictWord = (verdict: Verdict, paint: Paint): string =>
  paint.verdict(verdict, verdict.toUpperCase().padEnd(14))

/** `2 fail, 14 pass`, of those verdicts that there are. */
export const countsText = (findings: readonly Finding[], verdicts: readonly Verdict[] = worstFirst): string =>
  verdicts
    .map((verdict) => [findings.filter((finding) => finding.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ')

/** `16 findings: 2 fail, 14 pass`. */
export const findingsText = (findings: readonly Finding[]): string =>
  `${plural(findings.length, 'finding')}${findings.length > 0 ? ': ' : ''}${countsText(findings)}`

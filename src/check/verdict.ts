import { type Finding, type Verdict, worst } from '../core/finding.ts'

/** Verdict of a ladder run: the worst of its findings. Where nothing was judged, nothing is proved. */
export const verdictOf = (findings: readonly Finding[]): Verdict =>
  findings.length === 0 ? 'inconclusive' : findings.map(({ verdict }) => verdict).reduce(worst)

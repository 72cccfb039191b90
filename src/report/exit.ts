import type { Verdict } from '../core/finding.ts'

export type Ending = {
  readonly interrupted: boolean
  /** The command line or a file was wrong. */
  readonly usage?: boolean
  /** Of all findings and of all ladder runs. */
  readonly verdicts: Iterable<Verdict>
  readonly strict: boolean
}

/** Exit code of a run: the first that applies. Docs: 130 interrupted, 2 usage, 4 our error, 1 fail, 3 not proved, 0 proved. */
export const exitCode = ({ interrupted, usage = false, verdicts, strict }: Ending): 0 | 1 | 2 | 3 | 4 | 130 => {
  const seen = new Set(verdicts)
  if (interrupted) return 130
  if (usage) return 2
  if (seen.has('error')) return 4
  if (seen.has('fail') || (strict && seen.has('warn'))) return 1
  // A measured value or a ladder that does not apply proves nothing.
  const isJudged = seen.has('pass') || seen.has('warn') || seen.has('waived')
  return seen.has('inconclusive') || !isJudged ? 3 : 0
}

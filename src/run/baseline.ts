import { z } from 'zod'
import type { Finding } from '../core/finding.ts'
import { type Result, fault, ok } from '../core/result.ts'
import { verdictOf } from '../check/verdict.ts'
import type { LadderResult } from '../report/result.ts'
import type { Waived } from './waive.ts'

/** What an earlier run found wrong, and where. */
export type Known = {
  readonly ladder: string
  readonly side: string
  readonly cell: string
  readonly check: string
  readonly subject: string
  readonly verdict: string
}

export const knownSchema = z.object({
  ladder: z.string(),
  side: z.string(),
  cell: z.string(),
  check: z.string(),
  subject: z.string(),
  verdict: z.string(),
})

const resultSchema = z.looseObject({
  tool: z.literal('trunkproof'),
  ladders: z.array(
    z.looseObject({
      id: z.string(),
      side: z.string(),
      cell: z.string(),
      findings: z.array(z.looseObject({ check: z.string(), subject: z.string(), verdict: z.string() })),
    }),
  ),
})

const isWrong = (verdict: string): boolean => ['fail', 'warn', 'inconclusive', 'waived'].includes(verdict)

/** The wrong ones among the findings of a `result.json`. */
export const baselineOf = (text: string): Result<readonly Known[]> => {
  const refuse = (why: string) => fault('baseline.result', 'none', why)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return refuse('it is no JSON')
  }
  const parsed = resultSchema.safeParse(document)
  if (!parsed.success) return refuse('it is no result.json of trunkproof')
  return ok(
    parsed.data.ladders.flatMap(({ id: ladder, side, cell, findings }) =>
      findings
        .filter(({ verdict }) => isWrong(verdict))
        .map(({ check, subject, verdict }) => ({ ladder, side, cell, check, subject, verdict })),
    ),
  )
}

const keyOf = ({ ladder, side, cell, check, subject }: Omit<Known, 'verdict'>): string =>
  JSON.stringify([ladder, side, cell, check, subject])

/** How bad: what was waived before may have been a failure. */
const ranks: Readonly<Record<string, number>> = { warn: 1, inconclusive: 2, fail: 3, waived: 3 }

/** What is wrong as it was in an earlier run becomes `waived`; what is new or worse stays. */
export const applyBaseline = (ladders: readonly LadderResult[], known: readonly Known[] | undefined): Waived => {
  if (known === undefined) return { ladders, notes: [] }
  const before = new Map(known.map((one) => [keyOf(one), one]))
  const met = new Set<Known>()
  const waived = ({ id: ladder, side, cell }: LadderResult, finding: Finding): Finding => {
    const { check, subject, verdict } = finding
    const one = before.get(keyOf({ ladder, side, cell, check, subject }))
    if (one === undefined || !isWrong(verdict)) return finding
    met.add(one)
    const isWorse = (ranks[verdict] ?? 0) > (ranks[one.verdict] ?? 0)
    return isWorse ? finding : { ...finding, verdict: 'waived', advice: `${verdict} as in the baseline` }
  }
  const changed = ladders.map((ladder) => {
    const findings = ladder.findings.map((finding) => waived(ladder, finding))
    const isSame = findings.every((finding, index) => finding === ladder.findings[index])
    return isSame ? ladder : { ...ladder, findings, verdict: verdictOf(findings) }
  })
  const gone = known.length - met.size
  const better = gone === 0 ? '' : `; ${gone} of the baseline are gone or were not judged`
  return { ladders: changed, notes: [`the baseline: ${met.size} findings are as they were${better}`] }
}

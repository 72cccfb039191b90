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
  profile: z.string(),
  ladders: z.array(
    z.looseObject({
      id: z.string(),
      side: z.string(),
      cell: z.string(),
      findings: z.array(
        z.looseObject({
          check: z.string(),
          subject: z.string(),
          verdict: z.string(),
          waived: z.string().exactOptional(),
        }),
      ),
    }),
  ),
})

/** How bad. */
const ranks: Readonly<Record<string, number>> = { warn: 1, inconclusive: 2, fail: 3 }
const isWrong = (verdict: string): boolean => verdict in ranks

/** The wrong ones among the findings of a `result.json`, those that were waived as they were before that. */
export const baselineOf = (text: string, profile: string): Result<readonly Known[]> => {
  const refuse = (why: string) => fault('baseline.result', 'none', why)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return refuse('it is no JSON')
  }
  const parsed = resultSchema.safeParse(document)
  if (!parsed.success) return refuse('it is no result.json of trunkproof')
  if (parsed.data.profile !== profile) return refuse(`it is of ${parsed.data.profile}, and this run is of ${profile}`)
  return ok(
    parsed.data.ladders.flatMap(({ id: ladder, side, cell, findings }) =>
      findings
        .map(({ check, subject, verdict, waived = verdict }) => ({
          ladder,
          side,
          cell,
          check,
          subject,
          verdict: waived,
        }))
        .filter(({ verdict }) => isWrong(verdict)),
    ),
  )
}

const keyOf = ({ ladder, side, cell, check, subject }: Omit<Known, 'verdict'>): string =>
  JSON.stringify([ladder, side, cell, check, subject])

type Broken = 'fail' | 'warn' | 'inconclusive'
const isBroken = (verdict: string): verdict is Broken => isWrong(verdict)

/**
 * What is wrong as it was in an earlier run becomes `waived`; what is new or worse stays. What could not be told is waived
 * beside a failure that is, and never by itself: a run that saw nothing proves nothing, however often.
 */
export const applyBaseline = (ladders: readonly LadderResult[], known: readonly Known[] | undefined): Waived => {
  if (known === undefined) return { ladders, notes: [] }
  const before = new Map(known.map((one) => [keyOf(one), one]))
  const met = new Set<Known>()

  const asBefore = ({ id: ladder, side, cell }: LadderResult, { check, subject, verdict }: Finding): boolean => {
    const one = before.get(keyOf({ ladder, side, cell, check, subject }))
    if (one === undefined || !isBroken(verdict)) return false
    met.add(one)
    return (ranks[verdict] ?? 0) <= (ranks[one.verdict] ?? 0)
  }

  const compared = (ladder: LadderResult): LadderResult => {
    const same = new Set(ladder.findings.filter((finding) => asBefore(ladder, finding)))
    const isExplained = [...same].some(({ verdict }) => verdict !== 'inconclusive')
    if (!isExplained) return ladder
    const findings = ladder.findings.map((finding): Finding => {
      const { verdict } = finding
      if (!same.has(finding) || !isBroken(verdict)) return finding
      return { ...finding, verdict: 'waived', waived: verdict, advice: `${verdict} as in the baseline` }
    })
    return { ...ladder, findings, verdict: verdictOf(findings) }
  }

  const changed = ladders.map(compared)
  const gone = known.length - met.size
  const better = gone === 0 ? '' : `; ${gone} of the baseline are gone or were not judged`
  return { ladders: changed, notes: [`the baseline: ${met.size} findings are as they were${better}`] }
}

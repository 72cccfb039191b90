import type { Finding } from '../core/finding.ts'
import type { Waiver } from '../config/schema.ts'
import { verdictOf } from '../check/verdict.ts'
import type { LadderResult } from '../report/result.ts'
import { globMatches } from './glob.ts'

export type Waived = { readonly ladders: readonly LadderResult[]; readonly notes: readonly string[] }

const fits = (pattern: string | undefined, text: string): boolean => pattern === undefined || globMatches(pattern, text)

const show = ({ check, owner, until }: Waiver): string => `the waiver of ${check} by ${owner} until ${until}`

/** A waiver that is to go from `trunkproof.yaml`. */
const superfluous = (waiver: Waiver, index: number, why: string): Finding => ({
  check: 'waiver',
  subject: `waiver ${index + 1}`,
  verdict: 'warn',
  expected: 'a waiver of something that is wrong',
  actual: `${show(waiver)} ${why}`,
  frames: [],
  requirements: [],
  atFault: null,
  advice: 'Remove it from trunkproof.yaml, or give it another day if the reason still holds.',
})

const asLadder = (findings: readonly Finding[]): readonly LadderResult[] =>
  findings.length === 0
    ? []
    : [
        {
          id: 'config/waivers',
          side: 'both',
          cell: '',
          title: 'The waivers of trunkproof.yaml are needed',
          verdict: verdictOf(findings),
          durationMs: 0,
          findings,
          reason: null,
          steps: [],
          rows: [],
        },
      ]

/**
 * What the user knows of and accepts, until a day: a fail or a warn becomes `waived`. All waivers are told, those that match
 * nothing as well; one that is over, or whose check passes wherever it would hold, is a warning. `day` is that of the run, as
 * 2026-11-20.
 */
export const applyWaivers = (
  ladders: readonly LadderResult[],
  waivers: readonly Waiver[],
  profile: string,
  day: string,
): Waived => {
  const hits = new Map<Waiver, number>()
  const valid = waivers.filter(({ until }) => day <= until)
  const isOf = (one: Waiver, ladder: LadderResult, finding: Finding): boolean =>
    one.check === finding.check &&
    fits(one.profile, profile) &&
    fits(one.ladder, ladder.id) &&
    fits(one.subject, finding.subject)

  const waived = (ladder: LadderResult, finding: Finding): Finding => {
    if (finding.verdict !== 'fail' && finding.verdict !== 'warn') return finding
    const waiver = valid.find((one) => isOf(one, ladder, finding))
    if (waiver === undefined) return finding
    hits.set(waiver, (hits.get(waiver) ?? 0) + 1)
    return {
      ...finding,
      verdict: 'waived',
      waived: finding.verdict,
      advice: `waived by ${waiver.owner} until ${waiver.until}: ${waiver.reason}`,
    }
  }
  const changed = ladders.map((ladder) => {
    const findings = ladder.findings.map((finding) => waived(ladder, finding))
    return findings.every((finding, index) => finding === ladder.findings[index])
      ? ladder
      : { ...ladder, findings, verdict: verdictOf(findings) }
  })
  const notes = waivers.map((waiver) => {
    if (!valid.includes(waiver)) return `${show(waiver)} is over`
    const count = hits.get(waiver) ?? 0
    return count === 0
      ? `${show(waiver)} matches nothing`
      : `${show(waiver)} holds for ${count} findings: ${waiver.reason}`
  })
  const isJudged = (waiver: Waiver): boolean =>
    ladders.some((ladder) => ladder.findings.some((finding) => isOf(waiver, ladder, finding)))
  const gone = waivers.flatMap((waiver, index) => {
    if (!valid.includes(waiver)) return [superfluous(waiver, index, 'is over')]
    return !hits.has(waiver) && isJudged(waiver)
      ? [superfluous(waiver, index, 'is not needed: what it is for is right now')]
      : []
  })
  return { ladders: [...changed, ...asLadder(gone)], notes }
}

import type { Finding } from '../core/finding.ts'
import type { Waiver } from '../config/schema.ts'
import { verdictOf } from '../check/verdict.ts'
import type { LadderResult } from '../report/result.ts'
import { globMatches } from './glob.ts'

export type Waived = { readonly ladders: readonly LadderResult[]; readonly notes: readonly string[] }

const fits = (pattern: string | undefined, text: string): boolean => pattern === undefined || globMatches(pattern, text)

const show = ({ check, owner, until }: Waiver): string => `the waiver of ${check} by ${owner} until ${until}`

/**
 * What the user knows of and accepts, until a day: a fail or a warn becomes `waived`. All waivers are told, those that match
 * nothing or are over as well. `day` is that of the run, as 2026-11-20.
 */
export const applyWaivers = (
  ladders: readonly LadderResult[],
  waivers: readonly Waiver[],
  profile: string,
  day: string,
): Waived => {
  const hits = new Map<Waiver, number>()
  const valid = waivers.filter(({ until }) => day <= until)
  const waived = (ladder: LadderResult, finding: Finding): Finding => {
    if (finding.verdict !== 'fail' && finding.verdict !== 'warn') return finding
    const waiver = valid.find(
      (one) =>
        one.check === finding.check &&
        fits(one.profile, profile) &&
        fits(one.ladder, ladder.id) &&
        fits(one.subject, finding.subject),
    )
    if (waiver === undefined) return finding
    hits.set(waiver, (hits.get(waiver) ?? 0) + 1)
    return {
      ...finding,
      verdict: 'waived',
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
      ? `${show(waiver)} matches nothing: remove it`
      : `${show(waiver)} holds for ${count} findings: ${waiver.reason}`
  })
  return { ladders: changed, notes }
}

import type { Finding } from '../core/finding.ts'
import type { LadderResult, RunResult } from './result.ts'

const findingJson = (finding: Finding) => {
  const { check, subject, verdict, expected, actual, frames, requirements, atFault, advice, waived } = finding
  const named = { check, subject, verdict, expected, actual, frames, requirements, atFault, advice }
  return waived === undefined ? named : { ...named, waived }
}

const ladderJson = ({ id, side, cell, title, verdict, durationMs, findings, ...more }: LadderResult) => {
  const { reason, steps, rows } = more
  return { id, side, cell, title, verdict, durationMs, findings: findings.map(findingJson), reason, steps, rows }
}

/** `result.json`. Scripts rely on the keys and their order: add new ones after those that are there. */
export const renderJson = (result: RunResult): string => {
  const { tool, version, profile, sut, startedAt, durationMs, summary, ladders, interrupted, notes } = result
  const { pass, warn, fail, inconclusive, error, notApplicable, info, waived } = summary
  const document = {
    tool,
    version,
    profile,
    sut,
    startedAt,
    durationMs,
    summary: { pass, warn, fail, inconclusive, error, notApplicable, info, waived },
    ladders: ladders.map(ladderJson),
    interrupted,
    notes,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

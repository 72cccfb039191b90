import type { Finding, Verdict } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Check } from '../check/check.ts'
import { judge } from '../check/judge.ts'
import { verdictOf } from '../check/verdict.ts'
import type { Trace } from '../observation/trace.ts'
import type { Contract } from '../profile/contract.ts'
import type { LadderResult, RunResult } from '../report/result.ts'
import { summarize } from '../report/summary.ts'
import { ladderRows } from '../report/text-ladder.ts'
import { applyBaseline } from './baseline.ts'
import { applyWaivers } from './waive.ts'
import type { LadderEnd, LadderMeta, RunHeader } from './header.ts'

/** One ladder run as it ended, or as far as it came. Live, from a capture and from a journal alike. */
export type LadderRecord = { readonly meta: LadderMeta; readonly end: LadderEnd; readonly trace: Trace }

/** A whole run's worth of one verdict that no trace can give: it was cut off, or a call stayed up. */
const note = (verdict: Verdict, actual: string, expected: string, advice: string | null = null): Finding => ({
  check: 'ladder',
  subject: 'run',
  verdict,
  expected,
  actual,
  frames: [],
  requirements: [],
  atFault: verdict === 'error' ? 'harness' : null,
  advice,
})

const unmet: readonly StepOutcome['status'][] = ['mismatch', 'error', 'not-reached']

/**
 * Whether a pass rests on messages alone that came when the ladder had gone wrong: they are of the postamble, and prove
 * nothing of what this ladder is for.
 */
const isAfterwards = (outcomes: readonly StepOutcome[], trace: Trace): ((finding: Finding) => boolean) => {
  const wrong = outcomes.filter(({ section, status }) => section !== 'finally' && unmet.includes(status))
  if (wrong.length === 0) return () => false
  const wrongMs = Math.min(...wrong.map(({ timeMs }) => timeMs))
  const late = new Set(trace.messages.filter(({ timeMs }) => timeMs > wrongMs).map(({ frame }) => frame))
  return ({ verdict, frames }) => verdict === 'pass' && frames.every((frame) => late.has(frame))
}

/** A call to which nothing ever came, not even 100, is not up at the far end: no CANCEL may end it (RFC 3261 §9.1). */
const isAnswered =
  ({ calls }: Trace) =>
  (left: string): boolean =>
    !calls.some(
      ({ callId, transactions }) =>
        left.includes(callId) && transactions.every(({ responses }) => responses.length === 0),
    )

export const ladderResult = (
  { meta, end, trace }: LadderRecord,
  checks: readonly Check[],
  contract: Contract,
): LadderResult => {
  if (end.unreachable !== undefined) return unreachableResult(meta, end.unreachable, trace)
  if (end.notPlayed !== undefined) return notPlayed(meta, 'inconclusive', end.notPlayed, end.advice)
  const { outcomes, cut } = end
  const judged = judge(cut === undefined ? checks : checks.filter(({ absence }) => !absence), {
    trace,
    contract,
    sut: meta.side,
    ladder: meta.id,
    breaks: meta.breaks,
    outcomes,
  })
  const afterwards = isAfterwards(outcomes, trace)
  const findings = [
    ...judged.filter((finding) => !afterwards(finding)),
    ...(cut === undefined ? [] : [note('inconclusive', cut, 'the ladder is played to its end')]),
    ...end.left
      .filter(isAnswered(trace))
      .map((call) => note('warn', `${call} could not be ended`, 'no call is left up')),
    ...(end.strangers ?? []).map((told) =>
      note('info', `${told}: neither answered nor judged`, 'messages of the system under test, or to a number of ours'),
    ),
  ]
  return {
    id: meta.id,
    side: meta.side,
    cell: meta.cell,
    title: meta.title,
    verdict: verdictOf(findings),
    durationMs: Math.round(end.durationMs),
    findings,
    reason: null,
    steps: outcomes,
    rows: ladderRows(trace),
  }
}

/** What the probe of a named SUT found: one finding, and no ladder is played and nothing is proved. */
const unreachableResult = (meta: LadderMeta, why: string, trace: Trace): LadderResult => ({
  id: meta.id,
  side: meta.side,
  cell: meta.cell,
  title: meta.title,
  verdict: 'inconclusive',
  durationMs: 0,
  findings: [
    {
      check: 'sut-unreachable',
      subject: 'run',
      verdict: 'inconclusive',
      expected: 'the next hop can be reached',
      actual: why,
      frames: trace.networkErrors.map(({ frame }) => frame),
      requirements: [],
      atFault: 'undecided',
      advice:
        'Check address and port of the next hop, that the program runs, and the firewall between; then run again.',
    },
  ],
  reason: why,
  steps: [],
  rows: ladderRows(trace),
})

/** A ladder that was never begun. */
export const notPlayed = (
  { id, side, cell, title }: Omit<LadderMeta, 'breaks'>,
  verdict: Verdict,
  reason: string,
  advice?: string,
): LadderResult => ({
  id,
  side,
  cell,
  title,
  verdict,
  durationMs: 0,
  findings: verdict === 'not-applicable' ? [] : [note(verdict, reason, 'the ladder is played', advice)],
  reason,
  steps: [],
  rows: [],
})

/** What the user knows of and accepts is told as that. */
const withKnown = ({ contract, waivers, startedAt, baseline }: RunHeader, judged: readonly LadderResult[]) => {
  const waived = applyWaivers(judged, waivers, contract.profile.id, startedAt.slice(0, 10))
  const compared = applyBaseline(waived.ladders, baseline)
  return { ladders: compared.ladders, notes: [...waived.notes, ...compared.notes] }
}

/** One ladder of a run that goes on, as its result will have it. */
export const asInResult = (header: RunHeader, ladder: LadderResult): LadderResult =>
  withKnown(header, [ladder]).ladders[0] ?? ladder

export const runResult = (
  header: RunHeader,
  judged: readonly LadderResult[],
  ended: { readonly durationMs: number; readonly interrupted: boolean; readonly notes: readonly string[] },
): RunResult => {
  const { ladders, notes } = withKnown(header, judged)
  return {
    tool: 'trunkproof',
    version: header.version,
    profile: header.contract.profile.id,
    sut: header.sut,
    startedAt: header.startedAt,
    durationMs: Math.round(ended.durationMs),
    interrupted: ended.interrupted,
    summary: summarize(ladders),
    ladders,
    notes: [...header.notes, ...ended.notes, ...notes],
  }
}

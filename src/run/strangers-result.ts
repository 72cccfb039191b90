import type { Finding } from '../core/finding.ts'
import { groupBy } from '../core/group.ts'
import { verdictOf } from '../check/verdict.ts'
import type { Call, Trace, Transaction } from '../observation/trace.ts'
import type { LadderResult, RunResult } from '../report/result.ts'
import { summarize } from '../report/summary.ts'
import { type Drawn, ladderRows } from '../report/text-ladder.ts'
import { type Inspected, type WholeCall, findingsOfNoCall } from './whole-call.ts'

/** What a text ladder shows of some transactions: each message once, whichever transaction has it. */
const messagesOf = (transactions: readonly Transaction[]): Drawn['messages'] => {
  const all = transactions.flatMap(({ request, responses, acks }) => [request, ...responses, ...acks])
  return [...new Map(all.map((seen) => [seen.frame, seen])).values()].sort((a, b) => a.frame - b.frame)
}

const judged = (id: string, title: string, durationMs: number, findings: readonly Finding[], drawn: Drawn) => ({
  id,
  side: 'both' as const,
  cell: '',
  title,
  verdict: verdictOf(findings),
  durationMs: Math.round(durationMs),
  findings,
  reason: findings.length === 0 ? 'nothing in it could be judged' : null,
  steps: [],
  rows: ladderRows(drawn),
})

type Errors = ReadonlyMap<Call | undefined, Trace['networkErrors']>

const resultsOf = ({ hops, facts }: WholeCall, { sut }: Trace, errors: Errors): readonly LadderResult[] =>
  hops.map(({ call, findings }) =>
    judged(
      call.name,
      `${facts.from} to ${facts.to}, Call-ID ${call.callId}`,
      (facts.endedMs ?? facts.startedMs) - facts.startedMs,
      findings,
      {
        messages: messagesOf(call.transactions),
        transactions: call.transactions,
        streams: call.streams,
        malformed: [],
        networkErrors: errors.get(call) ?? [],
        sut,
      },
    ),
  )

const beside = (part: Inspected, errors: Errors): readonly LadderResult[] => {
  const { trace } = part
  const transactions = trace.transactions.filter(({ call }) => call === undefined)
  const streams = trace.streams.filter(({ call }) => call === undefined)
  const networkErrors = errors.get(undefined) ?? []
  const { malformed, sut } = trace
  if (transactions.length + streams.length + networkErrors.length + malformed.length === 0) return []
  const drawn = { messages: messagesOf(transactions), transactions, streams, malformed, networkErrors, sut }
  return [judged('beside calls', 'what belongs to no call', 0, findingsOfNoCall(part), drawn)]
}

export type StrangersInput = {
  readonly version: string
  readonly file: string
  /** Its id. */
  readonly profile: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
  readonly part: Inspected
  /** Those that were asked for. */
  readonly calls: readonly WholeCall[]
  /** Only some calls were asked for: what belongs to none is left out. */
  readonly isFiltered: boolean
  readonly notes: readonly string[]
}

/** A capture of strangers as reports show runs: each call on a hop stands where a run has a ladder. */
export const strangersResult = (input: StrangersInput): RunResult => {
  const { version, file, profile, startedAt, part, calls, isFiltered, notes } = input
  const errors = groupBy(part.trace.networkErrors, ({ call }) => call)
  const ladders = [
    ...calls.flatMap((call) => resultsOf(call, part.trace, errors)),
    ...(isFiltered ? [] : beside(part, errors)),
  ]
  return {
    tool: 'trunkproof',
    version,
    profile,
    sut: file,
    startedAt,
    durationMs: Math.round(input.durationMs),
    interrupted: false,
    summary: summarize(ladders),
    ladders,
    notes,
  }
}

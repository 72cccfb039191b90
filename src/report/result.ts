import type { Finding, Side, Verdict } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'

export type Summary = {
  readonly pass: number
  readonly warn: number
  readonly fail: number
  readonly inconclusive: number
  readonly error: number
  readonly notApplicable: number
  readonly info: number
  readonly waived: number
}

/** One row of a text ladder: a message, an audio interval or a note, as people draw it. */
export type LadderRow = {
  /** Frame number; `null` for an interval. */
  readonly frame: number | null
  /** `null` where the trace keeps no time of it. */
  readonly timeMs: number | null
  readonly from: Side
  readonly to: Side
  /** `INVITE`, `401 Unauthorized`, `audio 1000 Hz, 98 packets`. */
  readonly label: string
  /** Copies beside the first. */
  readonly copies: number
  /** Frames that this row stands for beside `frame`: of copies; of an interval its first and its last. */
  readonly others: readonly number[]
}

export type LadderResult = {
  readonly id: string
  /** The party under test; in a capture of strangers both are judged. */
  readonly side: Side | 'both'
  /** `codec=PCMU`, or empty. */
  readonly cell: string
  readonly title: string
  readonly verdict: Verdict
  readonly durationMs: number
  readonly findings: readonly Finding[]
  /** Why it was not played, where it was not. */
  readonly reason: string | null
  readonly steps: readonly StepOutcome[]
  readonly rows: readonly LadderRow[]
}

export type RunResult = {
  readonly tool: 'trunkproof'
  readonly version: string
  readonly profile: string
  /** `embedded`, or the URI of the named system under test. */
  readonly sut: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
  readonly interrupted: boolean
  readonly summary: Summary
  readonly ladders: readonly LadderResult[]
  /** What the run overlaid or could not do, one line each. */
  readonly notes: readonly string[]
}

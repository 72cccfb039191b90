import type { AtFault, Side, Strength, Verdict } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Citation } from '../core/result.ts'
import type { Call, Stream, Trace, Transaction } from '../observation/trace.ts'
import type { Contract } from '../profile/contract.ts'

/** What a judge is handed: all of it pure data. */
export type Evidence = {
  readonly trace: Trace
  readonly contract: Contract
  readonly sut: Side
  /** Whose steps were played; none in a capture of strangers. */
  readonly ladder?: string
  /** Check ids that our side breaks on purpose in this ladder. */
  readonly breaks: readonly string[]
  readonly outcomes: readonly StepOutcome[]
  /** A capture of strangers: the side that is not judged now is not ours either. */
  readonly observed?: boolean
}

/** One verdict of one subject before requirements and advice are added. */
export type Judgement = {
  readonly subject: string
  /** Call it belongs to, for `presupposes`; `undefined` for the whole run. */
  readonly call: string | undefined
  /** Who sent what is judged, or owed it. Ours breaking a rule becomes `error`, at fault `harness`. */
  readonly side: Side
  readonly verdict: Extract<Verdict, 'pass' | 'fail' | 'info' | 'inconclusive'>
  readonly expected: string
  readonly actual: string
  readonly frames: readonly number[]
  /** Where the party at fault is not `side`. */
  readonly atFault?: AtFault
  /** Overrides the check's strength (a `fail` of a SHOULD is shown as `warn`). */
  readonly strength?: Strength
  /** Goes before that of the profile and of the check: this one thing needs another remedy. */
  readonly advice?: string
}

export type SubjectKind = 'message' | 'transaction' | 'call' | 'stream' | 'connection' | 'run'

/** A check is one file in `checks/`, its default export. */
export type Check = {
  readonly id: string
  readonly title: string
  readonly subject: SubjectKind
  readonly strength: Strength
  readonly cite: Citation
  /** One sentence: what must hold. */
  readonly requirement: string
  /** What to do when it does not; a profile may override. */
  readonly advice: string
  /** Sides whose behaviour it can judge. */
  readonly judges: readonly Side[]
  /** Checks of the same call that must not have failed, else this one is inconclusive because of them. */
  readonly presupposes: readonly string[]
  /** It holds a side to what a provider documents; without a profile it says nothing. */
  readonly needsProfile?: boolean
  /** It judges a run of ours, its ladder and our patience; of a capture it says nothing. */
  readonly needsRun?: boolean
  /** It judges what did not come: of a ladder that was cut off it says nothing. */
  readonly absence?: boolean
  /** One judgement per subject; none where nothing here is of its kind. */
  readonly judge: (evidence: Evidence) => readonly Judgement[]
}

export const defineCheck = (check: Check): Check => check
export type { Call, Stream, Transaction }

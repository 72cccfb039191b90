import type { Side } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import type { Clock } from '../core/world.ts'
import type { VerbStep } from '../scenario/ladder.ts'
import type { PlayedCall } from './call.ts'

export type VerbContext = {
  readonly step: VerbStep
  readonly call: PlayedCall
  /** The call that the step names beside its own. */
  readonly other: PlayedCall | undefined
  /** Of a call among those of the ladder, from 0. */
  readonly placeOf: (call: string) => number
  readonly clock: Clock
  readonly us: Side
  /** Whether the time has passed: it resolves early, with `false`, when the run is interrupted, and at once from then on. */
  readonly wait: (ms: number) => Promise<boolean>
  /** Makes the SUT press digits; what comes of it is heard, not told. */
  readonly press: (digits: string) => Promise<void>
  readonly cause: string
}

/** An interval of a ladder: it never mismatches, it leaves facts for the checks. */
export type Verb = (context: VerbContext) => Promise<NonNullable<StepOutcome['facts']>>

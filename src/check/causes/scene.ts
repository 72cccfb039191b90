import type { AtFault, Finding } from '../../core/finding.ts'
import type { Contract } from '../../profile/contract.ts'
import type { Call, Registration, Trace, Transaction } from '../../observation/trace.ts'
import type { Authorization } from '../../sip/fields/authorization.ts'
import type { Failure } from './attempts.ts'
import type { CallMedia } from './media.ts'
import type { Way } from './ways.ts'

/** What a user notices. Without one of these there is no cause to look for. */
export type Symptom = 'set-up failed' | 'no or poor audio' | 'dropped' | 'digits lost' | 'registration failed'

/** What rows look at: one call or one registration, and all that was seen and found of it. */
export type Scene = {
  readonly trace: Trace
  readonly contract: Contract | undefined
  /** One of these two. */
  readonly call: Call | undefined
  readonly registration: Registration | undefined
  /** The INVITEs that ask for the call or the REGISTERs of the registration, retries with credentials among them. */
  readonly attempts: readonly Transaction[]
  /** How the last of them failed. */
  readonly failure: Failure | undefined
  readonly symptoms: ReadonlySet<Symptom>
  readonly media: CallMedia
  /** Which side was to be heard when, and by which streams it was. */
  readonly ways: readonly Way[]
  /** Whether credentials of that user were accepted anywhere in the capture: see `acceptedIn`. */
  readonly isAccepted: (of: Pick<Authorization, 'username' | 'realm'>) => boolean
  /** What that check finds wrong here. */
  readonly found: (check: string) => readonly Finding[]
}

/** What shows a cause. */
export type Shown = {
  readonly atFault: AtFault
  readonly frames: readonly number[]
  /** One line with the facts. */
  readonly why: string
  /** Set where the facts allow another reading: then the cause is ranked behind those that are shown. */
  readonly guess?: boolean
}

/** A cause that was found. */
export type Cause = Shown & { readonly id: string; readonly symptom: Symptom; readonly advice: string }

/** A row of the table: the symptoms that it explains, how near it comes to the root, and when it holds. */
export type CauseRow = {
  readonly id: string
  readonly explains: readonly Symptom[]
  /** `root`: what to repair; `link`: what follows from a root or stands alone; `effect`: the symptom, told closer. */
  readonly depth: 'root' | 'link' | 'effect'
  readonly advice: string
  readonly when: (scene: Scene) => Shown | undefined
}

/** Seconds for a reader: `4.2 s`. */
export const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

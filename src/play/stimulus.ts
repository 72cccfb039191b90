import type { Stimulus } from '../scenario/ladder.ts'

export type StimulusArguments = {
  /** Caller, in E.164 with `+`. */
  readonly from: string
  /** Number to dial, as the provider wants to see it. */
  readonly to: string
  readonly codecs: readonly string[]
  /** Call-ID of the call that is meant; empty before there is one. */
  readonly callId: string
  /** To be pressed. */
  readonly digits?: string
}

/** How the SUT is moved to do something of its own accord. `fire` gives a reason where it could not. */
export type Stimuli = {
  readonly available: ReadonlySet<Stimulus>
  readonly fire: (stimulus: Stimulus, args: StimulusArguments) => Promise<string | undefined>
}

export const noStimuli: Stimuli = { available: new Set(), fire: () => Promise.resolve('no stimulus is configured') }

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

/** Why the SUT was not moved: the `means` did not work, which says nothing of it; or it left nothing to move (`sut`). */
export type Unmoved = { readonly reason: string; readonly by: 'means' | 'sut' }

/** How the SUT is moved to do something of its own accord. `fire` tells where it could not. */
export type Stimuli = {
  readonly available: ReadonlySet<Stimulus>
  /** Those of a person, where nobody can be asked. */
  readonly unasked?: ReadonlySet<Stimulus>
  readonly fire: (stimulus: Stimulus, args: StimulusArguments) => Promise<Unmoved | undefined>
}

export const noStimuli: Stimuli = {
  available: new Set(),
  fire: () => Promise.resolve({ reason: 'no stimulus is configured', by: 'means' }),
}

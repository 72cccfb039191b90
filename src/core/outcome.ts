/** What became of one step of a ladder, in the order of the file. */
export type StepOutcome = {
  /** Place in its section, from 1. */
  readonly step: number
  readonly section: 'setup' | 'ladder' | 'finally'
  /** The head as written: `trunk -> pbx: 200 to BYE`. */
  readonly head: string
  /** Which call of the run, by the ladder's own name; `1` where it names none. */
  readonly call: string
  readonly status: 'met' | 'skipped' | 'mismatch' | 'not-reached' | 'error'
  /** Frames that met it, or the one that did not match. */
  readonly frames: readonly number[]
  readonly timeMs: number
  /** For a mismatch or an error: one line, as the user reads it. */
  readonly reason?: string
  /** For a step that was not reached because what was to move the SUT to it did not work: `stimulus.dial`, or `phone`. */
  readonly unmoved?: string
  /** For a mismatch: whose step it was. */
  readonly awaited?: 'pbx' | 'trunk'
  /** For a verb: facts that checks need (the tone that we sent, the interval). */
  readonly facts?: Readonly<Record<string, string | number | boolean>>
}

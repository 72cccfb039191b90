/** Stops what was armed; harmless when it has fired. */
export type Disarm = () => void

/** Monotonic time as an argument: real in `net/clock.ts`, by hand in tests. */
export type Clock = {
  /** Milliseconds since the start of the run. */
  readonly nowMs: () => number
  readonly after: (delayMs: number, fire: () => void) => Disarm
}

/** Unguessable text as an argument: `bits` of entropy in lower-case hexadecimal. */
export type Token = (bits: number) => string

export type World = { readonly clock: Clock; readonly token: Token }

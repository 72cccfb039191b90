import type { Leg } from './leg.ts'
import type { Line } from './line.ts'

/** Pairs of legs: what becomes of one becomes of the other. */
export type Bridge = {
  readonly join: (a: Leg, b: Leg) => void
  readonly other: (leg: Leg) => Leg | undefined
  /** Takes the pair apart and hangs up the other leg, or refuses it with that status while it is set up. */
  readonly part: (leg: Leg, on: Line, status?: number) => void
}

export const createBridge = (): Bridge => {
  const others = new Map<Leg, Leg>()
  return {
    join: (a, b) => {
      others.set(a, b)
      others.set(b, a)
    },
    other: (leg) => others.get(leg),
    part: (leg, on, status) => {
      const other = others.get(leg)
      others.delete(leg)
      if (other === undefined) return
      others.delete(other)
      on.hangUp(other, status)
    },
  }
}

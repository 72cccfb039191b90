import type { Token } from '../core/world.ts'

/** RFC 3261 §14.1, in units of 10 ms where T1 is 500 ms: the spans do not meet, so that one side is always first. */
const spans = { owner: { from: 210, to: 400 }, other: { from: 0, to: 200 } } as const

/** After the first the two sides wait different times, and do not meet again: who is answered 491 more often gives up. */
export const mostGlares = 3

/** Units in a T1 of 500 ms. */
const unitsPerT1 = 50

/**
 * How long a re-INVITE that was answered 491 waits before it goes again, in milliseconds; it scales with T1. `ownsCallId`:
 * whether we sent the INVITE that set the call up.
 */
export const waitAfterGlare = (ownsCallId: boolean, t1Ms: number, token: Token): number => {
  const { from, to } = ownsCallId ? spans.owner : spans.other
  const chance = Number.parseInt(token(32), 16) / 2 ** 32
  return ((from + Math.floor(chance * (to - from + 1))) * t1Ms) / unitsPerT1
}

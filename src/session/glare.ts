/** RFC 3261 §14.1, in units of 10 ms where T1 is 500 ms: the spans do not meet, so that one side is always first. */
const spans = { owner: { from: 210, to: 400 }, other: { from: 0, to: 200 } } as const

/** Units in a T1 of 500 ms. */
const unitsPerT1 = 50

/**
 * How long a re-INVITE that was answered 491 waits before it goes again, in milliseconds; it scales with T1. `ownsCallId`:
 * whether we sent the INVITE that set the call up. `chance`: from 0 up to, but not, 1.
 */
export const waitAfterGlare = (ownsCallId: boolean, t1Ms: number, chance: number): number => {
  const { from, to } = ownsCallId ? spans.owner : spans.other
  return ((from + Math.floor(chance * (to - from + 1))) * t1Ms) / unitsPerT1
}

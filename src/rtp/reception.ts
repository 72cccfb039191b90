/** How one RTP source is received (RFC 3550 A.1, A.3, A.8). The fold owns and changes it. */
export type Reception = {
  /** May change with the payload type, as long as nothing has been timed. */
  clockRate: number
  received: number
  /** First and highest sequence number, and 65536 for each time that the highest has wrapped. */
  baseSequence: number
  maxSequence: number
  cycles: number
  /** The one number with which a stream that jumped would go on; beyond 16 bits: none. */
  badSequence: number
  /** Packets lost before the sender restarted its numbers. */
  lostBefore: number
  receivedBefore: number
  /** Packets whose timestamp tells when they were sampled, and the last of them. */
  timed: number
  lastTimestamp: number
  lastArrivalMs: number
  /** Running estimate of A.8, and the mean of its values, both in milliseconds. */
  jitterMs: number
  meanJitterMs: number
}

const sequenceModulus = 65536
const maxDropout = 3000
const maxMisorder = 100

export const createReception = (clockRate: number): Reception => ({
  clockRate,
  received: 0,
  baseSequence: 0,
  maxSequence: 0,
  cycles: 0,
  badSequence: sequenceModulus + 1,
  lostBefore: 0,
  receivedBefore: 0,
  timed: 0,
  lastTimestamp: 0,
  lastArrivalMs: 0,
  jitterMs: 0,
  meanJitterMs: 0,
})

const expectedOf = (state: Reception): number => state.cycles + state.maxSequence - state.baseSequence + 1

/** Packets lost (A.3): expected less received; duplicates may make it negative, as the RFC says. */
export const lostOf = (state: Reception): number =>
  state.received === 0 ? 0 : state.lostBefore + expectedOf(state) - (state.received - state.receivedBefore)

/** Follows the numbering (A.1, without probation: the source is known from the signalling). */
const follow = (state: Reception, sequence: number): void => {
  const ahead = (sequence - state.maxSequence + sequenceModulus) % sequenceModulus
  if (ahead < maxDropout) {
    if (sequence < state.maxSequence) state.cycles += sequenceModulus
    state.maxSequence = sequence
  } else if (ahead <= sequenceModulus - maxMisorder) {
    if (sequence === state.badSequence) restart(state, sequence)
    else state.badSequence = (sequence + 1) % sequenceModulus
  }
}

/** Two numbers in a row after a jump: the sender has begun anew, one packet before this one. */
const restart = (state: Reception, sequence: number): void => {
  // The first packet of the new numbering has been counted into the old one.
  const receivedOfOld = state.received - state.receivedBefore - 1
  state.lostBefore += expectedOf(state) - receivedOfOld
  state.receivedBefore = state.received - 1
  state.baseSequence = (sequence - 1 + sequenceModulus) % sequenceModulus
  state.maxSequence = sequence
  state.cycles = sequence === 0 ? sequenceModulus : 0
  state.badSequence = sequenceModulus + 1
}

/** Takes in a packet whose number has nothing to do with those before it: its sender numbers anew, and nothing is lost. */
export const renumber = (state: Reception, sequence: number): void => {
  state.lostBefore = lostOf(state)
  state.receivedBefore = state.received
  state.baseSequence = sequence
  state.maxSequence = sequence
  state.cycles = 0
  state.badSequence = sequenceModulus + 1
  state.received++
}

/** A.8: the difference of two transit times, with the wrap of timestamps taken out. */
const time = (state: Reception, timestamp: number, arrivalMs: number, isSteady: boolean): void => {
  if (state.timed > 0) {
    const sentMs = (((timestamp - state.lastTimestamp) | 0) * 1000) / state.clockRate
    const change = Math.abs(arrivalMs - state.lastArrivalMs - sentMs)
    state.jitterMs += (change - state.jitterMs) / 16
    if (isSteady) state.meanJitterMs += (state.jitterMs - state.meanJitterMs) / state.timed
  }
  state.timed++
  state.lastTimestamp = timestamp
  state.lastArrivalMs = arrivalMs
}

/**
 * Takes in one packet whose timestamp does not go on from the one before: the sender paused and set its clock anew (RFC 3551
 * §4.1), so that the step says nothing of jitter.
 */
export const resume = (state: Reception, sequence: number, timestamp: number, arrivalMs: number): void => {
  receive(state, sequence, undefined, arrivalMs)
  state.lastTimestamp = timestamp
  state.lastArrivalMs = arrivalMs
}

/** Milliseconds by which a packet comes later than its timestamp says, counted from the last timed one. */
export const lateMs = (state: Reception, timestamp: number, arrivalMs: number): number =>
  state.timed === 0
    ? 0
    : arrivalMs - state.lastArrivalMs - (((timestamp - state.lastTimestamp) | 0) * 1000) / state.clockRate

/**
 * Takes in one packet. `timestamp` in clock units, or `undefined` where it does not tell when the packet was sampled: that
 * of a telephone-event stands still (RFC 4733 §2.2.1). `arrivalMs` on any steady clock. `isSteady`: it is one of a row that
 * is sent at an even pace, and counts in the mean.
 */
export const receive = (
  state: Reception,
  sequence: number,
  timestamp: number | undefined,
  arrivalMs: number,
  isSteady = true,
): void => {
  if (state.received === 0) {
    state.baseSequence = sequence
    state.maxSequence = sequence
  } else follow(state, sequence)
  state.received++
  if (timestamp !== undefined) time(state, timestamp, arrivalMs, isSteady)
}

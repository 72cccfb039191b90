import type { RtpHeader } from '../rtp/header.ts'
import type { Gap } from './trace.ts'

/** How the packets of a stream follow one another: in which order, and with which gaps in time. */
export type Arrivals = {
  /** The longest first. */
  readonly gaps: Gap[]
  gapsMs: number
  reordered: number
  /** Packets in the run of numbers that follow one another, and in the longest: chance makes no long ones. */
  run: number
  longestRun: number
  /** The highest sequence number; below 0 for none. */
  highest: number
  timestamp: number
  lastMs: number
  wasQuiet: boolean
  /** The last 32 numbers up to the highest: bit n is set where `highest - n` has come. */
  come: number
}

export const createArrivals = (): Arrivals => ({
  gaps: [],
  gapsMs: 0,
  reordered: 0,
  run: 0,
  longestRun: 0,
  highest: -1,
  timestamp: 0,
  lastMs: 0,
  wasQuiet: false,
  come: 0,
})

/** Ten packets of 20 ms: what most jitter buffers cannot bridge. */
const gapMs = 200
const packetMs = 20
const maxGaps = 32
/** RFC 3550 A.1: a number that is further behind is a new numbering. */
const maxMisorder = 100
const maxDropout = 3000

const sequenceOf = (from: number, to: number): number => (to - from) & 0xffff

/** Inserts in order of length; the shortest falls out. */
const insert = (gaps: Gap[], gap: Gap): void => {
  const length = gap.toMs - gap.fromMs
  const at = gaps.findIndex(({ fromMs, toMs }) => toMs - fromMs < length)
  gaps.splice(at < 0 ? gaps.length : at, 0, gap)
  if (gaps.length > maxGaps) gaps.pop()
}

/** Whether a pause before a packet is one that its sender did not make. */
const isLoss = (
  arrivals: Arrivals,
  packet: RtpHeader,
  pausedMs: number,
  clockRate: number,
  isQuiet: boolean,
): boolean => {
  const missing = sequenceOf(arrivals.highest, packet.sequence) - 1
  // Lost packets leave a hole in the numbers that is as long as the pause; silence suppression leaves none.
  if (missing > 0 && missing * packetMs > pausedMs / 2) return true
  // Silence: the clock went on and the numbers did not, or a talkspurt begins (RFC 3551 §4.1).
  const sampledMs = (((packet.timestamp - arrivals.timestamp) | 0) * 1000) / clockRate
  return !packet.marker && !arrivals.wasQuiet && !isQuiet && sampledMs < pausedMs / 2
}

/**
 * Takes in a packet. `isQuiet`: comfort noise or an event, behind which silence is due. `isNew`: the call was described anew
 * since the last packet, or the sender numbers anew.
 */
export const arrive = (
  arrivals: Arrivals,
  packet: RtpHeader,
  timeMs: number,
  clockRate: number,
  isQuiet: boolean,
  isNew: boolean,
): void => {
  const { highest, lastMs } = arrivals
  const { sequence } = packet
  const behind = sequenceOf(sequence, highest)
  arrivals.lastMs = timeMs
  if (highest >= 0 && behind < maxMisorder && !isNew) {
    // The same number twice is a copy, not a packet out of order.
    if (behind > 0 && (behind >= 32 || ((arrivals.come >>> behind) & 1) === 0)) arrivals.reordered += 1
    if (behind < 32) arrivals.come |= 1 << behind
    return
  }
  const ahead = sequenceOf(highest, sequence)
  arrivals.run = ahead === 1 ? arrivals.run + 1 : 1
  if (arrivals.run > arrivals.longestRun) arrivals.longestRun = arrivals.run
  const pausedMs = timeMs - lastMs
  const isPause = highest >= 0 && pausedMs >= gapMs && !isNew && ahead < maxDropout
  if (isPause && isLoss(arrivals, packet, pausedMs, clockRate, isQuiet)) {
    insert(arrivals.gaps, { fromMs: lastMs, toMs: timeMs })
    arrivals.gapsMs += pausedMs
  }
  arrivals.come = ahead >= 32 ? 1 : (arrivals.come << ahead) | 1
  arrivals.highest = sequence
  arrivals.timestamp = packet.timestamp
  arrivals.wasQuiet = isQuiet
}

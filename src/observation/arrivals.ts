import type { RtpHeader } from '../rtp/header.ts'
import type { Gap } from './trace.ts'

/** How the packets of a stream follow one another: in which order, and with which gaps in time. */
export type Arrivals = {
  /** `isQuiet`: comfort noise or an event, behind which silence is due. `isNew`: the call was described anew since the last packet. */
  readonly observe: (packet: RtpHeader, timeMs: number, clockRate: number, isQuiet: boolean, isNew: boolean) => void
  readonly reordered: () => number
  readonly gaps: () => readonly Gap[]
  readonly gapsMs: () => number
  /** Packets in the longest run of numbers that follow one another: chance makes no long ones. */
  readonly longestRun: () => number
}

/** Ten packets of 20 ms: what most jitter buffers cannot bridge. */
const gapMs = 200
const packetMs = 20
const maxGaps = 32
/** RFC 3550 A.1: a number that is further behind is a new numbering. */
const maxMisorder = 100

const sequenceOf = (from: number, to: number): number => (to - from) & 0xffff

/** Inserts in order of length; the shortest falls out. */
const insert = (gaps: Gap[], gap: Gap): void => {
  const length = gap.toMs - gap.fromMs
  const at = gaps.findIndex(({ fromMs, toMs }) => toMs - fromMs < length)
  gaps.splice(at < 0 ? gaps.length : at, 0, gap)
  if (gaps.length > maxGaps) gaps.pop()
}

export const createArrivals = (): Arrivals => {
  const gaps: Gap[] = []
  let gapsMs = 0
  let reordered = 0
  let run = 0
  let longestRun = 0
  let highest = -1
  let timestamp = 0
  let lastMs = 0
  let wasQuiet = false
  /** The last 32 numbers up to the highest: bit n is set where `highest - n` has come. */
  let come = 0

  /** Whether a pause before a packet is one that its sender did not make. */
  const isLoss = (packet: RtpHeader, elapsedMs: number, clockRate: number, isQuiet: boolean): boolean => {
    const missing = sequenceOf(highest, packet.sequence) - 1
    const sampledMs = (((packet.timestamp - timestamp) | 0) * 1000) / clockRate
    // Lost packets leave a hole in the numbers that is as long as the pause; silence suppression leaves none.
    if (missing > 0 && missing * packetMs > elapsedMs / 2) return true
    // Silence: the clock went on and the numbers did not, or a talkspurt begins (RFC 3551 §4.1).
    return !packet.marker && !wasQuiet && !isQuiet && sampledMs < elapsedMs / 2
  }

  const follow = (packet: RtpHeader, timeMs: number, clockRate: number, isQuiet: boolean, isNew: boolean): void => {
    const ahead = sequenceOf(highest, packet.sequence)
    run = ahead === 1 ? run + 1 : 1
    if (run > longestRun) longestRun = run
    const elapsedMs = timeMs - lastMs
    if (highest >= 0 && elapsedMs >= gapMs && !isNew && ahead < 3000 && isLoss(packet, elapsedMs, clockRate, isQuiet)) {
      insert(gaps, { fromMs: lastMs, toMs: timeMs })
      gapsMs += elapsedMs
    }
    come = ahead >= 32 ? 1 : (come << ahead) | 1
    highest = packet.sequence
    timestamp = packet.timestamp
    lastMs = timeMs
    wasQuiet = isQuiet
  }

  const observe: Arrivals['observe'] = (packet, timeMs, clockRate, isQuiet, isNew) => {
    const behind = sequenceOf(packet.sequence, highest)
    if (highest < 0 || behind >= maxMisorder) {
      follow(packet, timeMs, clockRate, isQuiet, isNew)
      return
    }
    lastMs = timeMs
    // The same number twice is a copy, not a packet out of order.
    if (behind > 0 && (behind >= 32 || ((come >>> behind) & 1) === 0)) reordered += 1
    if (behind < 32) come |= 1 << behind
  }
  return {
    observe,
    reordered: () => reordered,
    gaps: () => gaps,
    gapsMs: () => gapsMs,
    longestRun: () => longestRun,
  }
}

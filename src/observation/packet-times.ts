import type { RtpHeader } from '../rtp/header.ts'

export type Count = { packets: number; readonly firstFrame: number }

/** How much time each packet carries, by the step of the timestamp to the next packet in sequence. */
export type PacketTimes = {
  readonly counts: Map<number, Count>
  /** Of the last packet; no sequence number yet. */
  sequence: number
  timestamp: number
  payloadType: number
  /** The count that the last packet went to. */
  lastMs: number
  lastCount: Count | undefined
}

export const createPacketTimes = (): PacketTimes => ({
  counts: new Map(),
  sequence: -1,
  timestamp: 0,
  payloadType: -1,
  lastMs: -1,
  lastCount: undefined,
})

/** RFC 3551 §4.2: a receiver should take packets of up to 200 ms; a longer step is a pause. */
const longestMs = 200
/** Distinct values that are kept; a sender with more has no packet time. */
const maxValues = 64

const countOf = (times: PacketTimes, ms: number, frame: number): Count | undefined => {
  const known = times.counts.get(ms)
  if (known !== undefined || times.counts.size >= maxValues) return known
  const count = { packets: 0, firstFrame: frame }
  times.counts.set(ms, count)
  return count
}

/** Milliseconds since the packet before, where that tells of a packet time; else 0. */
const stepMs = (times: PacketTimes, packet: RtpHeader, clockRate: number): number => {
  // The marker opens a talkspurt: the step before it is silence (RFC 3551 §4.1).
  if (packet.marker || times.payloadType !== packet.payloadType) return 0
  if (packet.sequence !== ((times.sequence + 1) & 0xffff)) return 0
  const ms = (((packet.timestamp - times.timestamp) >>> 0) * 1000) / clockRate
  return ms <= longestMs ? ms : 0
}

export const countPacketTime = (times: PacketTimes, packet: RtpHeader, clockRate: number, frame: number): void => {
  const ms = stepMs(times, packet, clockRate)
  times.sequence = packet.sequence
  times.timestamp = packet.timestamp
  times.payloadType = packet.payloadType
  if (ms === 0) return
  if (ms !== times.lastMs) {
    times.lastMs = ms
    times.lastCount = countOf(times, ms, frame)
  }
  if (times.lastCount !== undefined) times.lastCount.packets += 1
}

/** The most frequent; the first of equals. */
export const mostFrequent = (counts: ReadonlyMap<number, Count>): number | undefined =>
  [...counts].reduce<readonly [number, Count] | undefined>(
    (best, entry) => (best === undefined || entry[1].packets > best[1].packets ? entry : best),
    undefined,
  )?.[0]

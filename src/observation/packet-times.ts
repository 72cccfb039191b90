import type { RtpHeader } from '../rtp/header.ts'

export type Count = { packets: number; readonly firstFrame: number }

/** How much time each packet carries, by the step of the timestamp to the next packet in sequence. */
export type PacketTimes = {
  readonly observe: (packet: RtpHeader, clockRate: number, frame: number) => void
  readonly counts: ReadonlyMap<number, Count>
}

/** RFC 3551 §4.2: a receiver should take packets of up to 200 ms; a longer step is a pause. */
const longestMs = 200
/** Distinct values that are kept; a sender with more has no packet time. */
const maxValues = 64

export const createPacketTimes = (): PacketTimes => {
  const counts = new Map<number, Count>()
  let last = -1
  let lastTimestamp = 0
  let lastType = -1
  const observe: PacketTimes['observe'] = ({ sequence, timestamp, payloadType, marker }, clockRate, frame) => {
    const isNext = sequence === ((last + 1) & 0xffff) && payloadType === lastType
    const step = (timestamp - lastTimestamp) >>> 0
    last = sequence
    lastTimestamp = timestamp
    lastType = payloadType
    // The marker opens a talkspurt: the step before it is silence (RFC 3551 §4.1).
    if (marker || !isNext) return
    const ms = (step * 1000) / clockRate
    if (ms <= 0 || ms > longestMs) return
    const count = counts.get(ms)
    if (count !== undefined) count.packets += 1
    else if (counts.size < maxValues) counts.set(ms, { packets: 1, firstFrame: frame })
  }
  return { observe, counts }
}

/** The most frequent; the first of equals. */
export const mostFrequent = (counts: ReadonlyMap<number, Count>): number | undefined =>
  [...counts].reduce<readonly [number, Count] | undefined>(
    (best, entry) => (best === undefined || entry[1].packets > best[1].packets ? entry : best),
    undefined,
  )?.[0]

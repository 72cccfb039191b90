import type { RtpHeader } from '../rtp/header.ts'
import { digitNames } from '../rtp/telephone-event.ts'

/** A digit as its packets tell it (RFC 4733 §2.3): they repeat one timestamp, and their duration grows. */
export type Event = {
  readonly code: number
  readonly payloadType: number
  readonly timestamp: number
  readonly fromMs: number
  readonly firstFrame: number
  lastFrame: number
  /** In units of the timestamp. */
  duration: number
  readonly clockRate: number
  ended: boolean
  packets: number
  /** Of them, those that say that it has ended. */
  ends: number
  /** The first has the marker (§2.5.1.2). */
  readonly marked: boolean
  /** In dBm0, without the sign, of the first packet. */
  readonly volume: number
  lastDuration: number
  lastMs: number
  /** The frame in which the duration was shorter than in one before. */
  fellFrame: number | undefined
}

/** Digits among the events of RFC 4733 §3.2; others are none. */
export const digitOf = ({ code }: Event): string | undefined => digitNames[code]

export type Events = {
  readonly observe: (packet: RtpHeader, frame: number, timeMs: number, clockRate: number) => void
  /** Whether the packet begins an event behind one that was seen to its end. */
  readonly isNext: (packet: RtpHeader) => boolean
  readonly all: readonly Event[]
}

/** More than anyone dials in one stream. */
const maxEvents = 1000
/** Late copies of the last packet come behind the next digit's first only by misorder. */
const nearest = 4

/** Whether a payload has the form of one event that is a digit, for payload types that no description names. */
export const isEventLike = ({ payloadType, bytes, payloadAt, payloadEnd }: RtpHeader): boolean =>
  payloadType >= 96 &&
  payloadEnd - payloadAt === 4 &&
  (bytes[payloadAt] ?? 255) < digitNames.length &&
  ((bytes[payloadAt + 1] ?? 0) & 0x40) === 0

export const createEvents = (): Events => {
  const all: Event[] = []
  const observe: Events['observe'] = ({ payloadType, timestamp, marker, ...packet }, frame, timeMs, clockRate) => {
    const [code, flags, high, low] = packet.bytes.subarray(packet.payloadAt, packet.payloadEnd)
    if (code === undefined || flags === undefined || high === undefined || low === undefined) return
    const duration = high * 256 + low
    const ended = (flags & 0x80) !== 0
    // A long event goes on in a further segment, whose timestamp is where the one before stopped (§2.5.1.3).
    const known = all
      .slice(-nearest)
      .find(
        (event) =>
          event.code === code &&
          (event.timestamp === timestamp ||
            (!event.ended && (timestamp - event.timestamp) >>> 0 === event.duration && event.duration >= 0x8000)),
      )
    if (known !== undefined) {
      known.lastFrame = frame
      known.lastMs = timeMs
      known.packets += 1
      if (ended) known.ends += 1
      if (timestamp === known.timestamp && duration < known.lastDuration) known.fellFrame ??= frame
      known.lastDuration = duration
      known.duration = Math.max(known.duration, ((timestamp - known.timestamp) >>> 0) + duration)
      known.ended ||= ended
    } else if (all.length < maxEvents)
      all.push({
        code,
        payloadType,
        timestamp,
        fromMs: timeMs,
        firstFrame: frame,
        lastFrame: frame,
        duration,
        clockRate,
        ended,
        packets: 1,
        ends: ended ? 1 : 0,
        marked: marker,
        volume: flags & 0x3f,
        lastDuration: duration,
        lastMs: timeMs,
        fellFrame: undefined,
      })
  }
  const isNext: Events['isNext'] = ({ marker, timestamp }) => {
    const last = all.at(-1)
    return marker && last?.ended === true && last.timestamp !== timestamp
  }
  return { observe, isNext, all }
}

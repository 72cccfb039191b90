import { z } from 'zod'
import { mapOf, wholeNumber } from '../profile/phrases.ts'
import type { RtpPacket } from '../rtp/packet.ts'

/** Of telephone-events: another payload type, another digit, no end bit, a timestamp of its own in each further end. */
export const eventBends = [
  mapOf({ bend: z.literal('event-payload-type'), to: wholeNumber(96, 127) }),
  mapOf({ bend: z.literal('event-digit'), from: wholeNumber(0, 15), to: wholeNumber(0, 15) }),
  mapOf({ bend: z.literal('event-without-end') }),
  mapOf({ bend: z.literal('event-end-anew') }),
] as const

export type EventSpec = z.infer<(typeof eventBends)[number]>

const endBit = 0x80
/** A timestamp that is made up is a multiple of it, so that it is known by its looks. */
const round = 0x10000

/** A report of an event, by its form (RFC 4733 §2.3). */
const isEvent = ({ payloadType, payload }: RtpPacket): boolean => payloadType >= 96 && payload.length === 4

const flagsOf = ({ payload }: RtpPacket): number => payload[1] ?? 0

const withFlags = (packet: RtpPacket, flags: number): RtpPacket => ({
  ...packet,
  payload: packet.payload.with(1, flags),
})

/** A bend for the events of one stream; what is no event goes as it is. */
export const createEventBend = (spec: EventSpec): ((packet: RtpPacket) => RtpPacket) => {
  let ended: { readonly timestamp: number; again: number } | undefined

  const anew = (packet: RtpPacket): RtpPacket => {
    if ((flagsOf(packet) & endBit) === 0) return packet
    if (ended?.timestamp !== packet.timestamp) {
      ended = { timestamp: packet.timestamp, again: 0 }
      return packet
    }
    ended.again += 1
    return { ...packet, timestamp: ((packet.timestamp & ~(round - 1)) + ended.again * round) >>> 0 }
  }

  const bend = (packet: RtpPacket): RtpPacket => {
    switch (spec.bend) {
      case 'event-payload-type':
        return { ...packet, payloadType: spec.to }
      case 'event-digit':
        return packet.payload[0] === spec.from ? { ...packet, payload: packet.payload.with(0, spec.to) } : packet
      case 'event-without-end':
        return (flagsOf(packet) & endBit) === 0 ? packet : withFlags(packet, flagsOf(packet) & ~endBit)
      case 'event-end-anew':
        return anew(packet)
    }
  }
  return (packet) => (isEvent(packet) ? bend(packet) : packet)
}

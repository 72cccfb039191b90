import { z } from 'zod'
import { mapOf, wholeNumber } from '../profile/phrases.ts'
import { type RtpPacket, parseRtp, serializeRtp } from '../rtp/packet.ts'

/** What becomes of the RTP packets of a party on their way out. */
export const packetBend = z.discriminatedUnion(
  'bend',
  [
    mapOf({ bend: z.literal('drop') }),
    mapOf({ bend: z.literal('silence') }),
    /** Each nth packet, from the first, gets another payload type. */
    mapOf({ bend: z.literal('payload-type'), to: wholeNumber(0, 127), every: wholeNumber(1, 1000) }),
    /** The audio of two packets goes out in one. */
    mapOf({ bend: z.literal('pair') }),
  ],
  'a map whose bend is one of: drop, silence, payload-type, pair',
)

type Spec = z.infer<typeof packetBend>
export type PacketBend = (packet: Uint8Array) => readonly Uint8Array[]

/** G.711 codes of no sound: the sample nearest to zero (ITU-T G.711 tables 1a and 2a). */
const silentCodes: Readonly<Record<number, number>> = { 0: 0xff, 8: 0xd5 }

const silenced = (packet: RtpPacket): RtpPacket => {
  const code = silentCodes[packet.payloadType]
  return code === undefined ? packet : { ...packet, payload: packet.payload.map(() => code) }
}

const joined = (first: RtpPacket, second: RtpPacket, sequence: number): RtpPacket => ({
  ...first,
  sequence,
  payload: Uint8Array.from([...first.payload, ...second.payload]),
})

/** A bend for the packets of one stream; it counts them, so that each stream needs its own. `onBent`: it did something. */
export const createPacketBend = (spec: Spec, onBent: () => void): PacketBend => {
  let seen = 0
  let held: RtpPacket | undefined

  const bend = (packet: RtpPacket): readonly RtpPacket[] => {
    switch (spec.bend) {
      case 'drop':
        return []
      case 'silence':
        return [silenced(packet)]
      case 'payload-type':
        return [seen % spec.every === 0 ? { ...packet, payloadType: spec.to } : packet]
      case 'pair': {
        if (held === undefined) {
          held = packet
          return []
        }
        const first = held
        held = undefined
        // Half as many packets leave: numbered anew, or the other side counts every second one as lost.
        return [joined(first, packet, (packet.sequence - (seen + 1) / 2) & 0xffff)]
      }
    }
  }

  return (bytes) => {
    const parsed = parseRtp(bytes)
    if (!parsed.ok) return [bytes]
    const bent = bend(parsed.value)
    seen += 1
    if (bent.length !== 1 || bent[0] !== parsed.value) onBent()
    return bent.map(serializeRtp)
  }
}

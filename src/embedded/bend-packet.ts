import { z } from 'zod'
import { type EventSpec, createEventBend, eventBends } from './bend-event.ts'
import { mapOf, wholeNumber } from '../profile/phrases.ts'
import { type G711, decode, encode } from '../rtp/g711.ts'
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
    /** In each stream the audio of another is heard too, while there are several. */
    mapOf({ bend: z.literal('mix') }),
    ...eventBends,
  ],
  'a map whose bend is one of: drop, silence, payload-type, pair, mix, event-payload-type, event-digit, event-without-end, event-end-anew',
)

type Spec = z.infer<typeof packetBend>
const isEventBend = (spec: Spec): spec is EventSpec => spec.bend.startsWith('event-')
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

/** What the streams of a party have in common: the audio of each that another is still to take, by its SSRC. */
export type Bridge = Map<number, Int16Array[]>

/** A stream that no other takes from keeps that much of what it said, a second at 20 ms each. */
const kept = 50

const clipped = (sample: number): number => Math.max(-32768, Math.min(32767, sample))

const laws: Readonly<Record<number, G711>> = { 0: 'PCMU', 8: 'PCMA' }

/** The packet with what another stream said added to it, each taken once; as it is where no other speaks. */
const mixed = (packet: RtpPacket, bridge: Bridge): RtpPacket => {
  const law = laws[packet.payloadType]
  if (law === undefined) return packet
  const samples = decode(law, packet.payload)
  bridge.set(packet.ssrc, [...(bridge.get(packet.ssrc) ?? []), samples].slice(-kept))
  const added = [...bridge].find(([ssrc, said]) => ssrc !== packet.ssrc && said.length > 0)?.[1].shift()
  if (added === undefined) return packet
  const both = samples.map((sample, i) => clipped(sample + (added[i] ?? 0)))
  return { ...packet, payload: encode(law, both) }
}

/**
 * A bend for the packets of one stream; it counts them, so that each stream needs its own, and all streams of a party one
 * `bridge`. `onBent`: it did something.
 */
export const createPacketBend = (spec: Spec, bridge: Bridge, onBent: () => void): PacketBend => {
  let seen = 0
  let held: RtpPacket | undefined
  const bendEvent = isEventBend(spec) ? createEventBend(spec) : undefined

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
      case 'mix':
        return [mixed(packet, bridge)]
      default:
        return [bendEvent?.(packet) ?? packet]
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

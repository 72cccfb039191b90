import type { Patch } from '../capture/patch.ts'
import type { Frame } from '../core/frame.ts'
import { maskSecrets } from '../sip/mask.ts'
import { type StreamEvent, type StreamFramer, createStreamFramer } from '../sip/stream.ts'

/** What of a capture's signalling is to be overwritten, so that nothing secret leaves with it. */
export type Masked = {
  readonly observe: (frame: Frame) => void
  readonly finish: () => {
    /** Of packets that carry a secret as a whole. */
    readonly patches: ReadonlyMap<number, readonly Patch[]>
    /** Packets that carry a part of what may be secret: these cannot be written. */
    readonly unfit: ReadonlySet<number>
  }
}

const differences = (wire: Uint8Array): readonly Patch[] => {
  const masked = maskSecrets(wire)
  const patches: Patch[] = []
  for (const [at, octet] of masked.entries()) if (octet !== wire[at]) patches.push({ at, octet })
  return patches
}

/** Where in one direction of a connection its packets stand. */
type Direction = {
  readonly framer: StreamFramer
  readonly packets: {
    readonly number: number
    readonly parts: readonly number[] | undefined
    from: number
    to: number
  }[]
  /** Bytes that the framer has dealt with, and that it was given. */
  told: number
  given: number
}

const keyOf = ({ source, stream }: Frame): string => `${stream?.connection ?? 0} ${source.port} ${source.address}`

export const createMasked = (): Masked => {
  const patches = new Map<number, Patch[]>()
  const unfit = new Set<number>()
  const directions = new Map<string, Direction>()

  const note = (number: number, parts: readonly number[] | undefined, found: readonly Patch[]): void => {
    if (found.length === 0) return
    if (parts === undefined) patches.set(number, [...(patches.get(number) ?? []), ...found])
    else for (const part of parts) unfit.add(part)
  }

  const noteMessage = ({ packets }: Direction, wire: Uint8Array, from: number): void => {
    for (const { at, octet } of differences(wire)) {
      const packet = packets.find((one) => one.from <= from + at && from + at < one.to)
      if (packet !== undefined) note(packet.number, packet.parts, [{ at: from + at - packet.from, octet }])
    }
  }

  /** What is not a whole message is not looked into: its packets stay out. */
  const noteCut = ({ packets }: Direction, from: number, to: number): void => {
    for (const packet of packets)
      if (packet.from < to && from < packet.to) for (const part of packet.parts ?? [packet.number]) unfit.add(part)
  }

  const take = (direction: Direction, events: readonly StreamEvent[]): void => {
    for (const event of events) {
      const from = direction.told
      direction.told += event.type === 'message' ? event.wire.length : event.bytes
      if (event.type === 'message') noteMessage(direction, event.wire, from)
      else if (event.type === 'skipped') noteCut(direction, from, direction.told)
    }
    while (direction.packets[0] !== undefined && direction.packets[0].to <= direction.told) direction.packets.shift()
  }

  const ofStream = (frame: Frame): void => {
    const key = keyOf(frame)
    const direction = directions.get(key) ?? { framer: createStreamFramer(), packets: [], told: 0, given: 0 }
    directions.set(key, direction)
    const { framer, packets, given } = direction
    if (frame.stream?.gap === true) take(direction, framer.cut())
    direction.given += frame.bytes.length
    packets.push({ number: frame.number, parts: frame.parts, from: given, to: direction.given })
    take(direction, framer.push(frame.bytes, frame.number))
    if (frame.stream?.ends === undefined) return
    take(direction, framer.cut())
    directions.delete(key)
  }

  return {
    observe: (frame) => {
      if (frame.layer === 'tcp') ofStream(frame)
      else if (frame.layer === 'datagram') note(frame.number, frame.parts, differences(frame.bytes))
    },
    finish: () => {
      for (const direction of directions.values()) take(direction, direction.framer.cut())
      return { patches, unfit }
    },
  }
}

import { type Failed, fault } from '../core/result.ts'
import { type Order, bigEndian, littleEndian, u32 } from '../core/octets.ts'
import type { Format, Sink } from './format.ts'

/** Of draft-ietf-opsawg-pcap §4, as they stand in the file: who wrote it, and how fine its times are. */
const magics: ReadonlyMap<number, { readonly order: Order; readonly perMicrosecond: number }> = new Map([
  [0xa1b2c3d4, { order: bigEndian, perMicrosecond: 1 }],
  [0xd4c3b2a1, { order: littleEndian, perMicrosecond: 1 }],
  [0xa1b23c4d, { order: bigEndian, perMicrosecond: 1000 }],
  [0x4d3cb2a1, { order: littleEndian, perMicrosecond: 1000 }],
])

const headerBytes = 24
const recordBytes = 16

/** No network has larger packets, and no capture program writes them (libpcap's own bound). */
const largestPacket = 262_144

export const isPcap = (data: Uint8Array, at: number): boolean => magics.has(u32(data, at))

/** A classic capture file: a header, then a record for each packet. */
export const createPcap = (sink: Sink): Format => {
  let order = littleEndian
  let perMicrosecond = 1
  let isBegun = false

  const begin = (data: Uint8Array, at: number): Failed | undefined => {
    const magic = magics.get(u32(data, at))
    if (magic === undefined) return fault('pcap.magic', 'draft-ietf-opsawg-pcap §4', u32(data, at).toString(16), 0)
    order = magic.order
    perMicrosecond = magic.perMicrosecond
    isBegun = true
    // The upper bits say how long the checksum of frames is.
    sink.link({ name: '', linkType: order.u32(data, at + 20) & 0xffff })
    return undefined
  }

  return {
    size: (data, at, end) => {
      if (!isBegun) return headerBytes
      if (end - at < recordBytes) return recordBytes
      const length = order.u32(data, at + 8)
      return length > largestPacket
        ? fault('pcap.packet-length', 'draft-ietf-opsawg-pcap §5', `a packet that claims ${length} bytes`, at + 8)
        : recordBytes + length
    },
    take: (data, at) => {
      if (!isBegun) return begin(data, at)
      const length = order.u32(data, at + 8)
      const timeUs = order.u32(data, at) * 1e6 + Math.floor(order.u32(data, at + 4) / perMicrosecond)
      const start = at + recordBytes
      sink.packet(0, timeUs, data, start, start + length, order.u32(data, at + 12), [])
      return undefined
    },
    skips: () => 0,
  }
}

import { addressOctets, writePacket } from '../../src/capture/ip.ts'
import { type Endpoint, showEndpoint } from '../../src/core/frame.ts'
import { ipv4, tcp } from './layers.ts'

/** One packet of a capture: what it carries, and when. */
export type Packet = {
  readonly timeMs: number
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly bytes: Uint8Array
  readonly layer: 'datagram' | 'icmp' | 'tcp'
}

/** LINKTYPE_RAW: the packets begin with their IP header. */
const rawIp = 101
const mtu = 1500
/** 2026-11-20 12:00:00 UTC. */
const startedAtS = 1_795_262_400

const words = (...values: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true)
  return bytes
}

const headerChecksum = (header: Uint8Array): number => {
  let sum = 0
  for (let at = 0; at < header.length; at += 2) sum += ((header[at] ?? 0) << 8) | (header[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** An IPv4 packet cut to what Ethernet carries (RFC 791 §3.2); `id` ties the fragments together. */
export const fragmented = (packet: Uint8Array, id: number): readonly Uint8Array[] => {
  if (packet.length <= mtu) return [packet]
  const payload = packet.subarray(20)
  const step = (mtu - 20) & ~7
  return Array.from({ length: Math.ceil(payload.length / step) }, (_, index) => {
    const part = payload.subarray(index * step, (index + 1) * step)
    const isLast = (index + 1) * step >= payload.length
    const bytes = new Uint8Array(20 + part.length)
    bytes.set(packet.subarray(0, 20))
    bytes.set(part, 20)
    const view = new DataView(bytes.buffer)
    view.setUint16(2, bytes.length)
    view.setUint16(4, id)
    view.setUint16(6, (isLast ? 0 : 0x2000) | ((index * step) >> 3))
    view.setUint16(10, 0)
    view.setUint16(10, headerChecksum(bytes.subarray(0, 20)))
    return bytes
  })
}

type Bytes = Omit<Packet, 'timeMs' | 'layer'>

/** Bytes of a TCP connection that was up before; `sent` holds how many went each way. */
const segment = ({ source, destination, bytes }: Bytes, sent: Map<string, number>): Uint8Array => {
  const way = `${showEndpoint(source)} > ${showEndpoint(destination)}`
  const before = sent.get(way) ?? 1
  sent.set(way, before + bytes.length)
  const payload = Buffer.from(bytes).toString('latin1')
  return ipv4({
    protocol: 6,
    payload: tcp({ source: source.port, destination: destination.port, sequence: before, payload }),
    source: [...addressOctets(source.address)],
    destination: [...addressOctets(destination.address)],
  })
}

/** A classic pcap file of IP packets, in microseconds, little-endian; datagrams too large for Ethernet are fragmented. */
export const writePcap = (packets: readonly Packet[]): Uint8Array => {
  const header = Uint8Array.from([...words(0xa1b2c3d4), 2, 0, 4, 0, ...words(0, 0, 65_535, rawIp)])
  const sent = new Map<string, number>()
  const written = ({ layer, ...packet }: Omit<Packet, 'timeMs'>): Uint8Array =>
    layer === 'tcp' ? segment(packet, sent) : writePacket({ ...packet, layer })
  const records = packets.flatMap(({ timeMs, ...packet }, index) =>
    fragmented(written(packet), index + 1).map((bytes) => {
      const us = Math.round(timeMs * 1000)
      const head = words(startedAtS + Math.floor(us / 1_000_000), us % 1_000_000, bytes.length, bytes.length)
      return Buffer.concat([head, bytes])
    }),
  )
  return new Uint8Array(Buffer.concat([header, ...records]))
}

/** ICMP port unreachable for a datagram (RFC 792): its IP header and the first eight octets behind. */
export const portUnreachable = (of: Pick<Packet, 'source' | 'destination' | 'bytes'>): Uint8Array => {
  const quoted = writePacket({ ...of, layer: 'datagram' }).subarray(0, 28)
  const message = Uint8Array.from([3, 3, 0, 0, 0, 0, 0, 0, ...quoted])
  new DataView(message.buffer).setUint16(2, headerChecksum(message))
  return message
}

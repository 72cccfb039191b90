import { normalizeAddress, parseCidr } from '../core/address.ts'
import type { Endpoint, Layer } from '../core/frame.ts'
import { fault, ok } from '../core/result.ts'
import type { Failed, Result } from '../core/result.ts'
import { joined, viewOf } from './blocks.ts'

/** Where the payload of a TCP segment stands in its stream, and whether the stream ends behind it. */
export type Segment = {
  readonly sequence: number
  readonly acknowledgement: number
  readonly ends?: 'fin' | 'reset'
}

/** What an IP packet of ours carries: a UDP or TCP payload, or an ICMP message from its type octet on. */
export type Packet = {
  readonly layer: Extract<Layer, 'datagram' | 'tcp' | 'icmp'>
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly bytes: Uint8Array
  /** Of layer `tcp`. */
  readonly segment?: Segment
}

/** IANA protocol numbers. */
const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const
const hopLimit = 64

/** The octets of an address: 4 or 16. */
export const addressOctets = (address: string): Uint8Array => {
  const block = parseCidr(address)
  if (!block.ok) throw new RangeError(`not an IP address: ${address}`)
  return Uint8Array.from(block.value.octets)
}

/** A socket of both families names an IPv4 peer `::ffff:192.0.2.1`; beside an IPv6 address every one is written so. */
const mapped = (octets: Uint8Array): Uint8Array =>
  octets.length === 16 ? octets : Uint8Array.from([...Array<number>(10).fill(0), 255, 255, ...octets])

/** The text of an address of 4 or 16 octets (RFC 5952). */
export const addressText = (octets: Uint8Array): string => {
  if (octets.length === 4) return octets.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    viewOf(octets)
      .getUint16(2 * i)
      .toString(16),
  )
  return normalizeAddress(groups.join(':'))
}

/** The Internet checksum (RFC 1071) of parts, each of an even length but the last. */
export const internetChecksum = (parts: readonly Uint8Array[]): number => {
  let sum = 0
  for (const part of parts)
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** Of RFC 768 and of RFC 8200 §8.1: the same words in both, so that one form serves. */
export const pseudoHeader = (
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): Uint8Array => Uint8Array.from([...source, ...destination, 0, protocol, length >> 8, length & 0xff])

const ipHeader = (source: Uint8Array, destination: Uint8Array, protocol: number, length: number): Uint8Array => {
  const isIpv4 = source.length === 4
  const header = new Uint8Array(isIpv4 ? 20 : 40)
  const view = viewOf(header)
  if (!isIpv4) {
    header.set([0x60, 0, 0, 0, length >> 8, length & 0xff, protocol, hopLimit]) // RFC 8200 §3
    header.set(source, 8)
    header.set(destination, 24)
    return header
  }
  header.set([0x45, 0]) // RFC 791 §3.1: version 4, five words, no options
  view.setUint16(2, 20 + length)
  view.setUint16(6, 0x4000) // do not fragment
  header.set([hopLimit, protocol], 8)
  header.set(source, 12)
  header.set(destination, 16)
  view.setUint16(10, internetChecksum([header]))
  return header
}

const udpHeader = (from: Uint8Array, to: Uint8Array, { source, destination, bytes }: Packet): Uint8Array => {
  const length = 8 + bytes.length
  const header = new Uint8Array(8)
  const view = viewOf(header)
  view.setUint16(0, source.port)
  view.setUint16(2, destination.port)
  view.setUint16(4, length)
  const checksum = internetChecksum([pseudoHeader(from, to, protocols.udp, length), header, bytes])
  view.setUint16(6, checksum === 0 ? 0xffff : checksum) // RFC 768: a zero would mean none
  return header
}

/** RFC 9293 §3.1. */
const tcpFlags = { fin: 1, reset: 4, push: 8, acknowledgement: 16 } as const
const tcpWindow = 65_535

const tcpHeader = (from: Uint8Array, to: Uint8Array, { source, destination, bytes, segment }: Packet): Uint8Array => {
  const { sequence = 0, acknowledgement = 0, ends } = segment ?? {}
  const header = new Uint8Array(20)
  const view = viewOf(header)
  view.setUint16(0, source.port)
  view.setUint16(2, destination.port)
  view.setUint32(4, sequence)
  view.setUint32(8, acknowledgement)
  view.setUint8(12, 5 << 4) // five words, no options
  const ending = ends === undefined ? 0 : ends === 'fin' ? tcpFlags.fin : tcpFlags.reset
  view.setUint8(13, tcpFlags.acknowledgement | ending | (bytes.length > 0 ? tcpFlags.push : 0))
  view.setUint16(14, tcpWindow)
  const length = header.length + bytes.length
  view.setUint16(16, internetChecksum([pseudoHeader(from, to, protocols.tcp, length), header, bytes]))
  return header
}

/** The addresses of a packet as octets of one family. */
export const familyOf = (source: string, destination: string): readonly [Uint8Array, Uint8Array] => {
  const from = addressOctets(source)
  const to = addressOctets(destination)
  return from.length === to.length ? [from, to] : [mapped(from), mapped(to)]
}

/** An IPv4 or IPv6 packet with right checksums around a UDP or TCP payload; an ICMP message brings its own. */
export const writePacket = (packet: Packet): Uint8Array => {
  const [from, to] = familyOf(packet.source.address, packet.destination.address)
  const icmp = { protocol: from.length === 4 ? protocols.icmp : protocols.icmpv6, header: new Uint8Array(0) }
  const { protocol, header } = {
    datagram: () => ({ protocol: protocols.udp, header: udpHeader(from, to, packet) }),
    tcp: () => ({ protocol: protocols.tcp, header: tcpHeader(from, to, packet) }),
    icmp: () => icmp,
  }[packet.layer]()
  const transport = [header, packet.bytes]
  const length = transport.reduce((sum, part) => sum + part.length, 0)
  if (length > (from.length === 4 ? 0xffff - 20 : 0xffff)) throw new RangeError(`no IP packet holds ${length} bytes`)
  return joined([ipHeader(from, to, protocol, length), ...transport])
}

type Opened = {
  readonly protocol: number
  readonly source: string
  readonly destination: string
  readonly payload: Uint8Array
  readonly payloadAt: number
}

const refuse = (rule: string, cite: string, saw: string, at = 0): Failed => fault(`ip.${rule}`, cite, saw, at)

const openIpv4 = (bytes: Uint8Array): Result<Opened> => {
  const view = viewOf(bytes)
  const headerLength = ((bytes[0] ?? 0) & 0x0f) * 4
  if (headerLength < 20 || headerLength > bytes.length) return refuse('header', '791 §3.1', String(headerLength))
  const total = view.getUint16(2)
  if (total < headerLength || total > bytes.length) return refuse('length', '791 §3.1', String(total), 2)
  if ((view.getUint16(6) & 0x3fff) !== 0) return refuse('fragment', '791 §3.1', String(view.getUint16(6)), 6)
  return ok({
    protocol: view.getUint8(9),
    source: addressText(bytes.subarray(12, 16)),
    destination: addressText(bytes.subarray(16, 20)),
    payload: bytes.subarray(headerLength, total),
    payloadAt: headerLength,
  })
}

const openIpv6 = (bytes: Uint8Array): Result<Opened> => {
  if (bytes.length < 40) return refuse('header', '8200 §3', `${bytes.length} bytes`)
  const length = viewOf(bytes).getUint16(4)
  if (40 + length > bytes.length) return refuse('length', '8200 §3', String(length), 4)
  return ok({
    protocol: bytes[6] ?? 0,
    source: addressText(bytes.subarray(8, 24)),
    destination: addressText(bytes.subarray(24, 40)),
    payload: bytes.subarray(40, 40 + length),
    payloadAt: 40,
  })
}

const openIp = (bytes: Uint8Array): Result<Opened> => {
  const version = (bytes[0] ?? 0) >> 4
  if (version === 4 && bytes.length >= 20) return openIpv4(bytes)
  return version === 6 ? openIpv6(bytes) : refuse('version', '791 §3.1', `version ${version}, ${bytes.length} bytes`)
}

const readUdp = ({ source, destination, payload, payloadAt }: Opened): Result<Packet> => {
  if (payload.length < 8) return fault('udp.header', '768', `${payload.length} bytes`, payloadAt)
  const view = viewOf(payload)
  const length = view.getUint16(4)
  if (length < 8 || length > payload.length) return fault('udp.length', '768', String(length), payloadAt + 4)
  return ok({
    layer: 'datagram',
    source: { address: source, port: view.getUint16(0) },
    destination: { address: destination, port: view.getUint16(2) },
    bytes: payload.subarray(8, length),
  })
}

const readTcp = ({ source, destination, payload, payloadAt }: Opened): Result<Packet> => {
  const headerLength = ((payload[12] ?? 0) >> 4) * 4
  if (headerLength < 20 || headerLength > payload.length)
    return fault('tcp.header', '9293 §3.1', `${headerLength} of ${payload.length} bytes`, payloadAt)
  const view = viewOf(payload)
  const bits = view.getUint8(13)
  const ends = (bits & tcpFlags.reset) !== 0 ? 'reset' : (bits & tcpFlags.fin) !== 0 ? 'fin' : undefined
  return ok({
    layer: 'tcp',
    source: { address: source, port: view.getUint16(0) },
    destination: { address: destination, port: view.getUint16(2) },
    bytes: payload.subarray(headerLength),
    segment: {
      sequence: view.getUint32(4),
      acknowledgement: view.getUint32(8),
      ...(ends === undefined ? {} : { ends }),
    },
  })
}

/** Ports of the UDP datagram that an ICMP message quotes (RFC 792, RFC 4443 §3.1); 0 where it quotes none. */
const quotedPorts = (icmp: Uint8Array): { readonly source: number; readonly destination: number } => {
  const none = { source: 0, destination: 0 }
  const quoted = icmp.subarray(8)
  const headerLength = (quoted[0] ?? 0) >> 4 === 4 ? ((quoted[0] ?? 0) & 0x0f) * 4 : 40
  const protocol = headerLength === 40 ? quoted[6] : quoted[9]
  if (protocol !== protocols.udp || quoted.length < headerLength + 4) return none
  const view = viewOf(quoted)
  return { source: view.getUint16(headerLength), destination: view.getUint16(headerLength + 2) }
}

/**
 * Reads an IPv4 or IPv6 packet of UDP, TCP or ICMP, unfragmented. An ICMP message has no ports: its source takes the port that
 * the quoted datagram was sent to, its destination the one that it was sent from.
 */
export const readPacket = (bytes: Uint8Array): Result<Packet> => {
  const opened = openIp(bytes)
  if (!opened.ok) return opened
  const { protocol, source, destination, payload, payloadAt } = opened.value
  if (protocol === protocols.udp) return readUdp(opened.value)
  if (protocol === protocols.tcp) return readTcp(opened.value)
  if (protocol !== protocols.icmp && protocol !== protocols.icmpv6)
    return refuse('protocol', '791 §3.1', `protocol ${protocol}`, payloadAt)
  const quoted = quotedPorts(payload)
  return ok({
    layer: 'icmp',
    source: { address: source, port: quoted.destination },
    destination: { address: destination, port: quoted.source },
    bytes: payload,
  })
}

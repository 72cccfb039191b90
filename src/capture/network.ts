import type { Duplicates } from './duplicates.ts'
import type { Fragments } from './fragments.ts'
import { i32, mix, u16, u32 } from '../core/octets.ts'
import { type Open, type Packet, type Tally, deepest } from './packet.ts'

/** IANA protocol numbers of what carries more. */
const protocols = {
  hopByHop: 0,
  ipv4: 4,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  authentication: 51,
  destinationOptions: 60,
  mobility: 135,
} as const
const mostExtensions = 8

/** Opens what an IP packet carries; the addresses stand in the packet. */
export type OpenPayload = (protocol: number, data: Uint8Array, at: number, end: number) => void

const addressKey = (packet: Packet, identification: number, protocol: number): string => {
  const { addresses, addressAt, addressSize } = packet
  const octets = Buffer.from(addresses.buffer, addresses.byteOffset + addressAt, 2 * addressSize)
  return `${octets.toString('latin1')}${identification} ${protocol}`
}

/** Opens IPv4 and IPv6, fragmented and inside of each other, down to a transport. */
export const createNetwork = (
  packet: Packet,
  tally: Tally,
  duplicates: Duplicates,
  fragments: Fragments,
  openTransport: OpenPayload,
): Open => {
  /** RFC 2784, RFC 2890: flags say which of three optional words follow. Ethernet in GRE and PPTP are not opened. */
  const openGre: Open = (data, at, end) => {
    const flags = u16(data, at)
    const words = ((flags >> 15) & 1) + ((flags >> 13) & 1) + ((flags >> 12) & 1)
    const inner = at + 4 + 4 * words
    const type = u16(data, at + 2)
    if (inner > end) tally.short('gre malformed')
    else if ((flags & 0x4007) === 0 && (type === 0x0800 || type === 0x86dd)) openIp(data, inner, end)
    else tally.skip('gre')
  }

  const setAddresses = (data: Uint8Array, at: number, size: 4 | 16): void => {
    packet.addresses = data
    packet.addressAt = at
    packet.addressSize = size
  }

  const join = (
    identification: number,
    protocol: number,
    keyed: number,
    flags: number,
    data: Uint8Array,
    at: number,
    end: number,
  ): void => {
    const fragment = {
      key: addressKey(packet, identification, keyed),
      protocol,
      offset: flags & 0xfff8,
      isLast: (flags & 1) === 0,
    }
    const whole = fragments.add(fragment, data, at, end)
    if (whole === undefined) return
    // Fragments may carry fragments.
    packet.depth += 1
    if (packet.depth > deepest) tally.skip('too many layers')
    else openPayload(whole.protocol, whole.bytes, 0, whole.bytes.length)
  }

  const isTunnel = (protocol: number): boolean =>
    protocol === protocols.ipv4 || protocol === protocols.ipv6 || protocol === protocols.gre

  const openIpv4: Open = (data, at, end) => {
    const headerLength = ((data[at] ?? 0) & 0x0f) * 4
    // 0 where the network card was to cut a long segment into packets: the capture saw it before.
    const total = u16(data, at + 2) || end - at
    if (headerLength < 20 || total < headerLength) return void tally.skip('ip malformed')
    const field = u16(data, at + 6)
    const isFragment = (field & 0x3fff) !== 0
    const missing = at + total - end
    if (missing > 0 && (!packet.isCut || isFragment)) return void tally.short('ip malformed')
    packet.missing = Math.max(0, missing)
    const stop = Math.min(at + total, end)
    const protocol = data[at + 9] ?? 0
    packet.path = mix(packet.path, data[at + 8] ?? 0)
    // Of a tunnel the packet inside is looked at: the other copy may have been seen outside of the tunnel.
    const seed = i32(data, at + 4) ^ protocol
    if ((isFragment || !isTunnel(protocol)) && duplicates.isRepeat(seed, data, at + 12, stop))
      return void tally.skip('duplicate')
    setAddresses(data, at + 12, 4)
    if (!isFragment) return void openPayload(protocol, data, at + headerLength, stop)
    // As IPv6 has it: the offset in bytes, and in the lowest bit whether more fragments follow.
    const flags = ((field & 0x1fff) << 3) | ((field >> 13) & 1)
    return void join(u16(data, at + 4), protocol, protocol, flags, data, at + headerLength, stop)
  }

  const openIpv6: Open = (data, at, end) => {
    const length = u16(data, at + 4) || end - at - 40
    const missing = at + 40 + length - end
    if (missing > 0 && !packet.isCut) return void tally.short('ip malformed')
    packet.missing = Math.max(0, missing)
    const stop = Math.min(at + 40 + length, end)
    packet.path = mix(packet.path, data[at + 7] ?? 0)
    const next = data[at + 6] ?? 0
    if (!isTunnel(next) && duplicates.isRepeat(next, data, at + 8, stop)) return void tally.skip('duplicate')
    setAddresses(data, at + 8, 16)
    openPayload(next, data, at + 40, stop)
  }

  /** Passes the extension headers of IPv6 (RFC 8200 §4), also those inside of fragments; one of them stands in IPv4, too (RFC 4302). */
  const openPayload: OpenPayload = (protocol, data, at, stop) => {
    let next = protocol
    let header = at
    for (let opened = 0; opened <= mostExtensions; opened += 1) {
      switch (next) {
        case protocols.hopByHop:
        case protocols.routing:
        case protocols.destinationOptions:
        case protocols.mobility:
        case protocols.authentication: {
          if (header + 8 > stop) return void tally.short('ip malformed')
          const words = data[header + 1] ?? 0
          const length = next === protocols.authentication ? (words + 2) * 4 : (words + 1) * 8
          next = data[header] ?? 0
          header += length
          if (header > stop) return void tally.short('ip malformed')
          break
        }
        case protocols.fragment: {
          if (header + 8 > stop) return void tally.short('ip malformed')
          const flags = u16(data, header + 2)
          next = data[header] ?? 0
          header += 8
          // RFC 6946: a fragment that is the whole datagram is no fragment.
          if ((flags & 0xfff9) === 0) break
          if (packet.missing > 0) return void tally.short('ip malformed')
          return void join(u32(data, header - 4), next, 0, flags, data, header, stop)
        }
        case protocols.ipv4:
        case protocols.ipv6:
          return void openIp(data, header, stop)
        case protocols.gre:
          return void openGre(data, header, stop)
        default:
          return void openTransport(next, data, header, stop)
      }
    }
    return void tally.skip('too many layers')
  }

  const openIp: Open = (data, at, end) => {
    packet.depth += 1
    const version = (data[at] ?? 0) >> 4
    if (packet.depth > deepest) tally.skip('too many layers')
    else if (at >= end) tally.short('ip malformed')
    else if (version === 4 && at + 20 <= end) openIpv4(data, at, end)
    else if (version === 6 && at + 40 <= end) openIpv6(data, at, end)
    else if (version === 4 || version === 6) tally.short('ip malformed')
    else tally.skip('not ip')
  }
  return openIp
}

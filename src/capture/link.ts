import { i32, mix, u16, u32, u32le } from '../core/octets.ts'
import { type Open, type Packet, type Tally, deepest } from './packet.ts'

/** LINKTYPE numbers of tcpdump.org/linktypes.html, and the values of DLT_RAW that some systems wrote in their place. */
export const linkTypes = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  rawOfBsd: 12,
  rawOfOpenBsd: 14,
  pppSerial: 50,
  pppEthernet: 51,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const

/** IEEE 802 numbers of what Ethernet carries. */
const etherTypes = {
  ipv4: 0x0800,
  arp: 0x0806,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  qinq: 0x88a8,
  lldp: 0x88cc,
  oldQinq: 0x9100,
} as const

const isIp = (protocol: number): boolean => protocol === 0x0021 || protocol === 0x0057 // PPP: IPv4, IPv6

/** Address families of BSD loopback: IPv4 everywhere; IPv6 of Linux, BSD, FreeBSD and macOS. */
const families: ReadonlySet<number> = new Set([2, 10, 24, 28, 30])

/** Opens a packet by its link type, down to the IP packet that it carries. */
export const createLink = (packet: Packet, tally: Tally, openIp: Open): Open => {
  const ppp: Open = (data, start, end) => {
    // RFC 1662 §3.1: address and control may be left out; RFC 1661 §6.5: so may the upper byte of the protocol.
    const at = start + 2 <= end && u16(data, start) === 0xff03 ? start + 2 : start
    const isShort = ((data[at] ?? 0) & 1) === 1
    const protocol = isShort ? (data[at] ?? 0) : u16(data, at)
    const inner = at + (isShort ? 1 : 2)
    if (inner > end) tally.short('ppp malformed')
    else if (isIp(protocol)) openIp(data, inner, end)
    else tally.skip('ppp control')
  }

  const pppoe: Open = (data, at, end) => {
    const stop = at + 6 + u16(data, at + 4) // RFC 2516 §4
    if (at + 6 > end || stop > end) tally.short('pppoe malformed')
    else if (data[at + 1] !== 0) tally.skip('pppoe discovery')
    else ppp(data, at + 6, stop)
  }

  const etherType = (data: Uint8Array, typeAt: number, at: number, end: number): void => {
    const type = u16(data, typeAt)
    if (at > end) return void tally.short('link header malformed')
    switch (type) {
      case etherTypes.ipv4:
      case etherTypes.ipv6:
        return void openIp(data, at, end)
      case etherTypes.vlan:
      case etherTypes.qinq:
      case etherTypes.oldQinq:
        packet.depth += 1
        if (packet.depth > deepest) return void tally.skip('too many layers')
        packet.path = mix(packet.path, u16(data, at))
        return void etherType(data, at + 2, at + 4, end)
      case etherTypes.pppoeSession:
        return void pppoe(data, at, end)
      case etherTypes.pppoeDiscovery:
        return void tally.skip('pppoe discovery')
      case etherTypes.arp:
        return void tally.skip('arp')
      case etherTypes.mpls:
        return void tally.skip('mpls')
      case etherTypes.lldp:
        return void tally.skip('lldp')
      default:
        // IEEE 802.3: below 1536 it is a length, and LLC follows (spanning tree and the like).
        return void tally.skip(type < 1536 ? 'llc' : `ethertype 0x${type.toString(16).padStart(4, '0')}`)
    }
  }

  /** A family in the byte order of the machine that wrote the file, or in network byte order (LOOP). */
  const bsdLoopback: Open = (data, at, end) => {
    if (at + 4 > end) tally.short('link header malformed')
    else if (families.has(u32(data, at)) || families.has(u32le(data, at))) openIp(data, at + 4, end)
    else tally.skip('not ip')
  }

  /** What came before the IP packet, by which two captures of one packet differ. */
  const headerHash = (data: Uint8Array, at: number, end: number): number => {
    let hash = mix(packet.interface, packet.linkType)
    for (let word = at; word < end; word += 4) hash = mix(hash, i32(data, word))
    return hash
  }

  return (data, at, end) => {
    packet.depth = 0
    packet.missing = 0
    packet.parts = undefined
    switch (packet.linkType) {
      case linkTypes.ethernet:
        packet.path = headerHash(data, at, at + 12)
        return void etherType(data, at + 12, at + 14, end)
      case linkTypes.linuxCooked:
        packet.path = headerHash(data, at, at + 16)
        return void etherType(data, at + 14, at + 16, end)
      case linkTypes.linuxCooked2:
        packet.path = headerHash(data, at, at + 20)
        return void etherType(data, at, at + 20, end)
      case linkTypes.raw:
      case linkTypes.rawOfBsd:
      case linkTypes.rawOfOpenBsd:
      case linkTypes.ipv4:
      case linkTypes.ipv6:
        packet.path = headerHash(data, at, at)
        return void openIp(data, at, end)
      case linkTypes.null:
      case linkTypes.loop:
        packet.path = headerHash(data, at, at)
        return void bsdLoopback(data, at, end)
      case linkTypes.ppp:
      case linkTypes.pppSerial:
        packet.path = headerHash(data, at, at)
        return void ppp(data, at, end)
      case linkTypes.pppEthernet:
        packet.path = headerHash(data, at, at + 6)
        return void pppoe(data, at, end)
      case linkTypes.ciscoHdlc:
        packet.path = headerHash(data, at, at)
        return void etherType(data, at + 2, at + 4, end)
      default:
        return void tally.skip(`unknown link type ${packet.linkType}`)
    }
  }
}

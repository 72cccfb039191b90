import type { Frame } from '../core/frame.ts'
import type { Flows } from './flows.ts'
import type { OpenPayload } from './network.ts'
import { u16, u32 } from '../core/octets.ts'
import { type Give, type Open, type Packet, type Tally, sinceStartMs } from './packet.ts'
import { addressText } from './ip.ts'

/** IANA protocol numbers. */
const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const

/** One object for all datagrams: who is given it copies what is to stay. */
type Cursor = { -readonly [K in keyof Frame]: Frame[K] }

/** Opens UDP, TCP and ICMP: from here on, packets are frames. */
export const createTransport = (packet: Packet, tally: Tally, flows: Flows, openTcp: Open, give: Give): OpenPayload => {
  const nowhere = { address: '', port: 0 }
  const cursor: Cursor = {
    number: 0,
    timeMs: 0,
    tap: 'observed',
    layer: 'datagram',
    source: nowhere,
    destination: nowhere,
    bytes: new Uint8Array(0),
  }

  const hand = (frame: Frame): void => {
    const { parts } = packet
    give(parts === undefined ? frame : { ...frame, parts }, packet.interface, packet.comments)
  }

  const udp: Open = (data, at, end) => {
    if (at + 8 > end) return void tally.short('udp malformed')
    // RFC 2675 §4: 0 where the datagram is a jumbo; else what the header says, for padding may follow.
    const length = u16(data, at + 4) || end - at
    if (length < 8) return void tally.skip('udp malformed')
    const cut = at + length - end
    if (cut > packet.missing || at + 8 > end) return void tally.short('udp malformed')
    if (length === 8) return void tally.skip('udp without data')
    const { source, destination } = flows.find(u32(data, at))
    cursor.number = packet.number
    cursor.timeMs = sinceStartMs(packet, packet.timeUs)
    cursor.source = source
    cursor.destination = destination
    cursor.bytes = data.subarray(at + 8, Math.min(end, at + length))
    hand(cut > 0 ? { ...cursor, cut } : cursor)
  }

  const addressAt = (at: number): string => addressText(packet.addresses.subarray(at, at + packet.addressSize))

  const icmp: Open = (data, at, end) => {
    const { addressAt: from, addressSize } = packet
    hand({
      number: packet.number,
      timeMs: sinceStartMs(packet, packet.timeUs),
      tap: 'observed',
      layer: 'icmp',
      source: { address: addressAt(from), port: 0 },
      destination: { address: addressAt(from + addressSize), port: 0 },
      bytes: data.subarray(at, end),
    })
  }

  return (protocol, data, at, end) => {
    switch (protocol) {
      case protocols.udp:
        return void udp(data, at, end)
      case protocols.tcp:
        // A stream with a hole in each segment is none.
        if (packet.missing > 0) return void tally.short('tcp malformed')
        return void openTcp(data, at, end)
      case protocols.icmp:
      case protocols.icmpv6:
        return void icmp(data, at, end)
      default:
        return void tally.skip(`ip protocol ${protocol}`)
    }
  }
}

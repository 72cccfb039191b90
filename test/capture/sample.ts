import { frameBlock, interfaceBlock, interfaceStatistics, sectionHeader } from '../../src/capture/write.ts'
import { portUnreachable } from '../../src/capture/icmp.ts'
import type { Frame } from '../../src/core/frame.ts'

export const startedAtUs = 1_795_634_880_123_456

const text = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join('\r\n'))

/** The OPTIONS request of RFC 3261 §11.1. */
export const options = text([
  'OPTIONS sip:carol@chicago.com SIP/2.0',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877',
  'Max-Forwards: 70',
  'To: <sip:carol@chicago.com>',
  'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710',
  'CSeq: 63104 OPTIONS',
  'Contact: <sip:alice@pc33.atlanta.com>',
  'Accept: application/sdp',
  'Content-Length: 0',
  '',
  '',
])
export const okay = text([
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877',
  'To: <sip:carol@chicago.com>;tag=93810874',
  'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710',
  'CSeq: 63104 OPTIONS',
  'Content-Length: 0',
  '',
  '',
])

const pbx4 = { address: '192.0.2.1', port: 5062 }
const trunk4 = { address: '198.51.100.7', port: 5060 }
const pbx6 = { address: '2001:db8::1', port: 5062 }
const trunk6 = { address: '2001:db8:0:1::7', port: 5060 }

/** An odd number of bytes, so that the checksum meets a half word. */
const odd = options.slice(0, options.length - 1)

export const frames: readonly Frame[] = [
  { number: 1, timeMs: 0, tap: 'sent', layer: 'datagram', source: pbx4, destination: trunk4, bytes: options },
  { number: 2, timeMs: 12.345, tap: 'received', layer: 'datagram', source: trunk4, destination: pbx4, bytes: okay },
  { number: 3, timeMs: 20.001, tap: 'sent', layer: 'datagram', source: pbx6, destination: trunk6, bytes: options },
  { number: 4, timeMs: 31.5, tap: 'observed', layer: 'datagram', source: trunk6, destination: pbx6, bytes: okay },
  {
    number: 5,
    timeMs: 1000,
    tap: 'received',
    layer: 'icmp',
    source: trunk4,
    destination: pbx4,
    bytes: portUnreachable(pbx4, trunk4, odd),
    made: 'the socket said that the port is closed',
  },
  {
    number: 6,
    timeMs: 2000.999,
    tap: 'received',
    layer: 'icmp',
    source: trunk6,
    destination: pbx6,
    bytes: portUnreachable(pbx6, trunk6, odd),
    made: 'the socket said that the port is closed',
  },
]

export const frameComments: ReadonlyMap<number, readonly string[]> = new Map([
  [2, ['options-answered: pass', 'über alles']],
  [5, ['sut-unreachable: inconclusive']],
])

export const blocks: readonly Uint8Array[] = [
  sectionHeader({ application: 'trunkproof 0.1.0', comment: '{"profile":"sinch/eu"}', startedAtUs }),
  interfaceBlock({ name: 'ladder0', description: 'options/answered (trunk)' }),
  interfaceBlock({ name: 'ladder1', description: 'options/unreachable (trunk)' }),
  ...frames.map((frame) =>
    frameBlock({
      interface: frame.number < 5 ? 0 : 1,
      frame,
      startedAtUs,
      comments: frameComments.get(frame.number) ?? [],
    }),
  ),
  interfaceStatistics({ interface: 0, timeUs: startedAtUs + 31_500, comment: '{"verdict":"pass"}' }),
  interfaceStatistics({ interface: 1, timeUs: startedAtUs + 2_000_999, comment: '{"verdict":"inconclusive"}' }),
]

export const file = new Uint8Array(Buffer.concat(blocks))

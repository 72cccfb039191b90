import { describe, expect, test } from 'vitest'
import { internetChecksum, readPacket, writePacket } from '../../src/capture/ip.ts'
import { portUnreachable } from '../../src/capture/icmp.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const ruleOf = (bytes: Uint8Array): string => {
  const packet = readPacket(bytes)
  return packet.ok ? 'read' : packet.fault.rule
}

const source = { address: '192.0.2.1', port: 5062 }
const destination = { address: '198.51.100.7', port: 5060 }
const payload = new TextEncoder().encode('OPTIONS')
const packet = writePacket({ layer: 'datagram', source, destination, bytes: payload })
const bent = (at: number, value: number): Uint8Array => packet.map((byte, index) => (index === at ? value : byte))

test('the checksum of the example words is the complement of ddf2 (RFC 1071 §3)', () => {
  expect(internetChecksum([bytesOf('00 01 f2 03 f4 f5 f6 f7')])).toBe(0xffff - 0xddf2)
})

test('the header of a well-known IPv4 packet sums to b861', () => {
  // en.wikipedia.org/wiki/Internet_checksum, "Calculating the IPv4 header checksum"
  expect(internetChecksum([bytesOf('4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7')])).toBe(0xb861)
})

test('a UDP checksum that comes out as zero is written as ffff (RFC 768)', () => {
  const zeroed = [...Array(65536).keys()].map((port) =>
    writePacket({ layer: 'datagram', source: { ...source, port }, destination, bytes: payload }),
  )
  const checksums = new Set(zeroed.map((bytes) => ((bytes[26] ?? 0) << 8) | (bytes[27] ?? 0)))
  expect(checksums.has(0)).toBe(false)
  expect(checksums.has(0xffff)).toBe(true)
})

test('an IPv4 peer of a socket of both families is written as a mapped address beside an IPv6 one (RFC 4291 §2.5.5.2)', () => {
  const read = readPacket(
    writePacket({ layer: 'datagram', source, destination: { address: '::1', port: 1 }, bytes: payload }),
  )
  expect(read).toMatchObject({ value: { source: { address: '::ffff:192.0.2.1', port: 5062 } } })
})

describe('a packet that is not whole is refused', () => {
  for (const [rule, bytes] of [
    ['ip.version', new Uint8Array()],
    ['ip.version', bent(0, 0x55)],
    ['ip.version', packet.subarray(0, 19)],
    ['ip.header', bent(0, 0x44)],
    ['ip.header', bent(0, 0x4f)],
    ['ip.length', bent(3, 200)],
    ['ip.length', bent(3, 4)],
    ['ip.fragment', bent(6, 0x20)],
    ['tcp.header', bent(9, 6)],
    ['ip.protocol', bent(9, 132)],
    ['ip.header', bent(0, 0x60)],
    ['ip.length', bytesOf(`6000 0000 0001 11 40 ${'00'.repeat(32)}`)],
    ['udp.header', bytesOf(`6000 0000 0000 11 40 ${'00'.repeat(32)}`)],
    ['udp.length', bent(25, 7)],
    ['udp.length', bent(25, 200)],
  ] as const)
    test(`${rule}: ${Buffer.from(bytes.subarray(0, 30)).toString('hex')}`, () => {
      expect(ruleOf(bytes)).toBe(rule)
    })
})

test('bytes after the UDP length are padding, not payload', () => {
  expect(readPacket(Uint8Array.from([...packet, 0, 0]))).toMatchObject({ value: { bytes: payload } })
})

test('an ICMP message takes its ports from the datagram that it quotes', () => {
  const icmp = writePacket({
    layer: 'icmp',
    source: { ...destination, port: 0 },
    destination: { ...source, port: 0 },
    bytes: portUnreachable(source, destination, payload),
  })
  expect(readPacket(icmp)).toMatchObject({ value: { layer: 'icmp', source: destination, destination: source } })
})

test('an ICMP message that quotes nothing has port 0', () => {
  const icmp = writePacket({ layer: 'icmp', source, destination, bytes: bytesOf('0800 0000 0000 0000') })
  expect(readPacket(icmp)).toMatchObject({ value: { source: { port: 0 }, destination: { port: 0 } } })
})

test('what no packet holds, and a name in the place of an address, is our own mistake', () => {
  const write = (bytes: Uint8Array, address: string) => () =>
    writePacket({ layer: 'datagram', source: { address, port: 1 }, destination, bytes })
  expect(write(new Uint8Array(65508), '192.0.2.1')).toThrow(RangeError)
  expect(write(new Uint8Array(65507), '192.0.2.1')).not.toThrow()
  expect(write(payload, 'pbx.example')).toThrow(RangeError)
})

import { describe, expect, test } from 'vitest'
import { type CaptureReader, createCaptureReader } from '../../src/capture/reader.ts'
import { bytesOf, ipv4, ipv6, pcap, pcapng, tcp, udp } from '../support/layers.ts'
import { readChunked } from '../support/read-capture.ts'

const datagram = udp(5060, 5080, bytesOf('INVITE sip:trunk SIP/2.0\r\n', 'x'.repeat(300)))
const packet = ipv4({ protocol: 17, payload: datagram })
const u32 = (value: number): readonly number[] => [24, 16, 8, 0].map((bits) => (value >>> bits) & 0xff)
const le32 = (value: number): readonly number[] => [...u32(value)].reverse()
const block = (type: number, body: Uint8Array, trailer = body.length + 12): Uint8Array =>
  bytesOf(le32(type), le32(body.length + 12), body, le32(trailer))
const keys = (length: number): Uint8Array => block(10, bytesOf(le32(0x544c534b), le32(length), new Uint8Array(length)))
const before = pcapng({ packets: [packet], linkType: 101 })

const summaryOf = (file: Uint8Array) => {
  const { summary } = readChunked(file)
  if (!summary.ok) throw new Error(summary.fault.saw)
  return summary.value
}
/** Packets whose times are `seconds` apart. */
const spaced = (seconds: number, ...packets: readonly Uint8Array[]): Uint8Array => {
  const file = pcap(packets, { linkType: 101 })
  let at = 24
  for (const [index, { length }] of packets.entries()) {
    new DataView(file.buffer).setUint32(at, 1_700_000_000 + index * seconds, true)
    at += 16 + length
  }
  return file
}

describe('pcapng', () => {
  test('brings keys of TLS; of more than a megabyte it says so', () => {
    expect(summaryOf(bytesOf(before, keys(16)))).toMatchObject({
      packets: 1,
      secrets: [{ type: 0x544c534b, data: new Uint8Array(16) }],
      skipped: {},
    })
    const large = bytesOf(keys(800_000), keys(800_000), keys(2_000_000), before)
    expect(summaryOf(bytesOf(before, large))).toMatchObject({
      packets: 2,
      secrets: [{ data: { length: 800_000 } }],
      skipped: { 'secrets beyond 1 MB': 2 },
    })
  })
  test('of which a block ends with another length than it began with is read up to there', () => {
    const bent = block(6, bytesOf(le32(0), le32(0), le32(0), le32(4), le32(4), 'abcd'), 40)
    expect(summaryOf(bytesOf(before, bent, before))).toMatchObject({
      packets: 1,
      cut: `a block of 36 bytes that ends as one of 40 at byte ${before.length + 32}: what follows was not read`,
    })
  })
  test('that ends within a block that nobody reads says where that begins', () => {
    const cut = block(0x0bad0000, new Uint8Array(5000)).subarray(0, 1000)
    for (const size of [7, 100, 100_000])
      expect(readChunked(bytesOf(before, cut), size).summary).toMatchObject({
        value: { packets: 1, cut: `it ends within what begins at byte ${before.length}` },
      })
  })
})

test('what a reader cannot go on with it says at once: nothing more need be brought', () => {
  const reader: CaptureReader = createCaptureReader({ give: () => undefined })
  const file = pcap([packet], { linkType: 101 })
  reader.push(bytesOf(file, le32(0), le32(0)))
  expect(reader.isCut()).toBe(false)
  reader.push(bytesOf(le32(0x7fffffff), le32(0x7fffffff), file))
  expect(reader.isCut()).toBe(true)
  const saw = `a packet that claims 2147483647 bytes at byte ${file.length + 8}: what follows was not read`
  expect(reader.finish()).toMatchObject({ ok: true, value: { packets: 1, cut: saw } })
})

describe('IP', () => {
  const part = (from: number, to: number, id = 1): Uint8Array =>
    ipv4({ protocol: 17, payload: datagram.subarray(from, to), offset: from, hasMore: to < datagram.length, id })

  test('fragments wait for 60 s (RFC 791 §3.2): what comes later is of another datagram', () => {
    const [first, last] = [part(0, 96), part(96, 400)]
    expect(readChunked(spaced(59, first, last)).frames).toMatchObject([{ number: 2, parts: [1, 2] }])
    expect(readChunked(spaced(61, first, last))).toMatchObject({
      frames: [],
      summary: { value: { skipped: { 'fragment incomplete': 2 } } },
    })
  })
  test('a fragment that says only where the datagram ends is one of it', () => {
    const told = [part(0, 96), part(200, 400), part(96, 200)] // 334 octets: the second one is the last, too
    const unknown = ipv4({ protocol: 17, payload: datagram.subarray(200, 328), offset: 200, hasMore: true })
    const { frames } = readChunked(spaced(1, unknown, ...told))
    expect(frames.map(({ number, parts }) => ({ number, parts }))).toEqual([{ number: 4, parts: [1, 2, 3, 4] }])
  })
  test('fragments inside of fragments are put together, but not without end', () => {
    const head = (id: number, next: number, offset: number, more: number): Uint8Array =>
      bytesOf([next, 0, (offset >> 8) & 0xff, (offset & 0xf8) | more], u32(id))
    /** The last parts of all levels on their own, and the first ones one inside of the other. */
    const nested = (levels: number): readonly Uint8Array[] => {
      const packets: Uint8Array[] = []
      let [whole, next] = [datagram, 17]
      for (let id = 1; id <= levels; id += 1) {
        packets.push(ipv6(44, whole.subarray(96), head(id, next, 96, 0)))
        whole = bytesOf(head(id, next, 0, 1), whole.subarray(0, 96))
        next = 44
      }
      return [...packets, ipv6(44, whole)]
    }
    expect(readChunked(pcap(nested(4), { linkType: 101 })).frames).toMatchObject([
      { number: 5, parts: [1, 2, 3, 4, 5] },
    ])
    expect(readChunked(pcap(nested(5000), { linkType: 101 }))).toMatchObject({
      frames: [],
      summary: { value: { packets: 5001, skipped: { 'too many layers': 9 } } },
    })
  })
})

describe('TCP', () => {
  const segment = (port: number, sequence: number, payload: string, flags = 16): Uint8Array =>
    ipv4({
      protocol: 6,
      payload: tcp({ source: port, destination: 5060, sequence, payload, flags }),
      id: sequence & 0xffff,
    })

  test('holds no more segments than it has room for, however small they are', () => {
    const given: number[] = []
    const reader = createCaptureReader({ give: ({ number }) => given.push(number) })
    reader.push(pcap([], { linkType: 101 }))
    // Each second byte is missing, in 300 connections: none of it can be told before its end.
    for (let port = 0; port < 300; port += 1) {
      const sequences = Array.from({ length: 500 }, (_, index) => 2 * index + (index === 0 ? 1 : 2))
      const packets = sequences.map((sequence) => segment(port, sequence, 'a'))
      reader.push(pcap(packets, { linkType: 101 }).subarray(24))
    }
    expect(given.length).toBeGreaterThan(10_000)
    reader.finish()
    expect(given.length).toBe(300 * 500)
  })
  test('bytes farther away than any window are of another connection on the same ports', () => {
    const file = pcap([segment(1, 99, '', 2), segment(1, 100, 'ab'), segment(1, 2_000_000_000, 'cd')], {
      linkType: 101,
    })
    expect(readChunked(file)).toMatchObject({
      frames: [{ stream: { gap: false } }, { stream: { gap: true } }],
      summary: { value: { skipped: { 'tcp gap': 1 } } },
    })
  })
  test('what the receiver acknowledged and the tap did not see is lost', () => {
    const answer = ipv4({
      protocol: 6,
      payload: tcp({ source: 5060, destination: 1, sequence: 500, acknowledgement: 106 }),
      source: [192, 0, 2, 2],
      destination: [192, 0, 2, 1],
    })
    const packets = [segment(1, 99, '', 2), segment(1, 103, 'def'), answer, segment(1, 106, 'ghi')]
    const { frames } = readChunked(pcap(packets, { linkType: 101 }))
    expect(frames.map(({ number, stream }) => [number, stream?.gap])).toEqual([
      [2, true],
      [4, false],
    ])
  })
  test('a SYN on ports that were in use opens another connection', () => {
    const packets = [segment(1, 99, '', 2), segment(1, 100, 'ab'), segment(1, 900, '', 2), segment(1, 901, 'cd')]
    const { frames } = readChunked(pcap(packets, { linkType: 101 }))
    expect(frames.map(({ stream }) => stream)).toEqual([
      { connection: 1, gap: false },
      { connection: 2, gap: false },
    ])
  })
})

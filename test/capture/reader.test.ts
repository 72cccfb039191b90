import { describe, expect, test } from 'vitest'
import { bytesOf, ipv4, ipv6, links, pcap, pcapng, tcp, udp } from '../support/layers.ts'
import { readChunked } from '../support/read-capture.ts'

const sip = bytesOf('OPTIONS sip:trunk SIP/2.0\r\n\r\n')
const packet = ipv4({ protocol: 17, payload: udp(5060, 5080, sip) })
const ethernet = links.ethernet.wrap(packet)
const source = { address: '192.0.2.1', port: 5060 }
const destination = { address: '192.0.2.2', port: 5080 }

/** The same bytes on another interface would be one packet, seen twice. */
const other = (id: number) => ipv4({ protocol: 17, payload: udp(5060, 5080, sip), id })

const summaryOf = (file: Uint8Array) => {
  const { summary } = readChunked(file)
  if (!summary.ok) throw new Error(summary.fault.saw)
  return summary.value
}

describe('a capture file', () => {
  const files = {
    'pcap, little-endian': pcap([ethernet, ethernet], {}),
    'pcap, big-endian': pcap([ethernet, ethernet], { isLittle: false }),
    'pcap in nanoseconds': pcap([ethernet, ethernet], { isNano: true }),
    'pcap in nanoseconds, big-endian': pcap([ethernet, ethernet], { isNano: true, isLittle: false }),
    pcapng: pcapng({ packets: [ethernet, ethernet] }),
    'pcapng, big-endian': pcapng({ packets: [ethernet, ethernet], isLittle: false }),
    'pcapng in nanoseconds': pcapng({ packets: [ethernet, ethernet], resolution: 9 }),
    'pcapng in milliseconds of obsolete blocks': pcapng({ packets: [ethernet, ethernet], form: 'obsolete' }),
  }
  test.each(Object.entries(files))('of %s is read, wherever it is cut into chunks', (_, file) => {
    const { frames, summary } = readChunked(file)
    expect(
      frames.map(({ number, timeMs, tap, layer, ...frame }) => ({ number, timeMs, tap, layer, ...frame })),
    ).toEqual(
      [1, 2].map((number) => ({
        ...{ number, timeMs: (number - 1) * 20, tap: 'observed', layer: 'datagram', source, destination, bytes: sip },
      })),
    )
    expect(summary).toMatchObject({ ok: true, value: { packets: 2, startUs: 1_700_000_000_000_000, skipped: {} } })
    for (let size = 1; size < 64; size += 1) expect(readChunked(file, size)).toEqual(readChunked(file))
  })

  test('of several sections has the packets of all, of either byte order, each by its own link type', () => {
    const file = pcapng(
      { packets: [ethernet] },
      { packets: [other(2)], isLittle: false, linkType: 101 },
      { packets: [links.ethernet.wrap(other(3))], form: 'simple' },
    )
    const { frames } = readChunked(file)
    expect(frames.map(({ number, bytes }) => [number, bytes.length])).toEqual([1, 2, 3].map((n) => [n, sip.length]))
    expect(summaryOf(file).interfaces.map(({ linkType }) => linkType)).toEqual([1, 101, 1])
  })

  test('brings the comments of its packets', () => {
    expect(readChunked(pcapng({ packets: [ethernet], comment: 'who was this?' })).comments).toEqual([['who was this?']])
  })

  test('that ends within a packet is read as far as it goes, and says so', () => {
    const file = pcap([ethernet, ethernet])
    const { frames } = readChunked(file.subarray(0, -3))
    expect(frames.length).toBe(1)
    expect(summaryOf(file.subarray(0, -3)).cut).toMatch(/^it ends within what begins at byte \d+$/)
  })

  test('in which a packet claims more than any has is read up to there', () => {
    const file = pcap([ethernet, ethernet])
    new DataView(file.buffer).setUint32(24 + 16 + ethernet.length + 8, 0x7fffffff, true)
    expect(summaryOf(file).cut).toContain('a packet that claims 2147483647 bytes at byte')
    expect(readChunked(file).frames.length).toBe(1)
  })

  test('of one that no capture program wrote is refused by what it begins with', () => {
    for (const text of ['<?xml version="1.0"?>', 'GIF89a..........'])
      expect(readChunked(bytesOf(text)).summary).toMatchObject({ ok: false, fault: { rule: 'capture.format' } })
    expect(readChunked(new Uint8Array()).summary).toMatchObject({ ok: false, fault: { rule: 'capture.format' } })
  })

  test('whose packets go back in time keeps its numbers', () => {
    const file = pcap([ethernet, ethernet])
    new DataView(file.buffer).setUint32(24 + 16 + ethernet.length, 1_600_000_000, true)
    expect(readChunked(file).frames.map(({ number, timeMs }) => [number, timeMs < 0])).toEqual([
      [1, false],
      [2, true],
    ])
  })
})

describe('the link layer', () => {
  test.each(Object.entries(links))('%s is opened', (_, { linkType, wrap }) => {
    const { frames } = readChunked(pcap([wrap(packet)], { linkType }))
    expect(frames).toMatchObject([{ number: 1, layer: 'datagram', source, destination, bytes: sip }])
  })

  test('is named where it is not read, and counted', () => {
    const arp = links.ethernet.wrap(new Uint8Array(28), 0x0806)
    expect(summaryOf(pcap([arp, ethernet, arp])).skipped).toEqual({ arp: 2 })
    expect(summaryOf(pcap([packet], { linkType: 147 })).skipped).toEqual({ 'unknown link type 147': 1 })
    expect(summaryOf(pcap([links.ethernet.wrap(packet, 0x88cc)])).skipped).toEqual({ lldp: 1 })
  })
})

describe('IP', () => {
  const large = bytesOf('INVITE sip:trunk SIP/2.0\r\n', 'x'.repeat(3000))
  const datagram = udp(5060, 5080, large)
  const fragment = (offset: number, length: number, id = 1) =>
    ipv4({
      protocol: 17,
      payload: datagram.subarray(offset, offset + length),
      offset,
      hasMore: offset + length < datagram.length,
      id,
    })
  const read = (...packets: readonly Uint8Array[]) => readChunked(pcap(packets, { linkType: 101 }))
  const [first, second, third] = [fragment(0, 1480), fragment(1480, 1480), fragment(2960, 2000)]

  test('in fragments is put together in any order, and names them all', () => {
    for (const order of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ]) {
      const { frames } = read(...order)
      expect(frames.map(({ bytes, number, parts }) => [bytes.length, number, [...(parts ?? [])].sort()])).toEqual([
        [large.length, 3, [1, 2, 3]],
      ])
    }
  })
  test('of a fragment that came twice or overlaps, the first holds', () => {
    const bent = fragment(0, 1480).map((octet, at) => (at > 60 ? 0x20 : octet))
    const { frames } = read(first, bent, second, third)
    expect(Buffer.compare(frames[0]?.bytes ?? new Uint8Array(), large)).toBe(0)
  })
  test('of which a fragment is missing is no frame, and counted', () => {
    const { frames, summary } = read(first, third, packet)
    expect(frames.map(({ number }) => number)).toEqual([3])
    expect(summary).toMatchObject({ value: { skipped: { 'fragment incomplete': 2 } } })
  })
  test('6 is read with its extension headers and fragments', () => {
    const hop = Uint8Array.from([60, 0, 1, 4, 0, 0, 0, 0])
    const options = Uint8Array.from([17, 0, 1, 4, 0, 0, 0, 0])
    const plain = ipv6(0, udp(5060, 5080, sip), hop, options)
    const part = (offset: number, more: number, payload: Uint8Array) =>
      ipv6(44, payload, bytesOf([17, 0], [(offset >> 8) & 0xff, (offset & 0xf8) | more], [0, 0, 0, 9]))
    const whole = udp(5060, 5080, sip)
    const { frames } = read(plain, part(0, 1, whole.subarray(0, 16)), part(16, 0, whole.subarray(16)))
    expect(frames.map(({ number, source: { address }, bytes }) => [number, address, bytes.length])).toEqual([
      [1, '2001:db8::1', sip.length],
      [3, '2001:db8::1', sip.length],
    ])
  })
  test('inside of IP is opened, and what is deeper than networks go is not', () => {
    const nested = (depth: number): Uint8Array =>
      depth === 0 ? packet : ipv4({ protocol: 4, payload: nested(depth - 1) })
    expect(read(nested(1)).frames).toMatchObject([{ source, bytes: sip }])
    expect(read(nested(100))).toMatchObject({
      frames: [],
      summary: { value: { skipped: { 'too many layers': 1 } } },
    })
  })
  test('seen twice on its way is one frame; sent twice, it is two', () => {
    const cooked = pcap([links.cooked.wrap(packet), links.cooked.wrap(packet)], { linkType: 113 })
    expect(readChunked(cooked).frames.length).toBe(2)
    new DataView(cooked.buffer).setUint32(24 + 16 + links.cooked.wrap(packet).length + 4, 50, true)
    expect(readChunked(cooked).frames.length).toBe(1) // of a bridge and what is behind it
    const forwarded = ipv4({ protocol: 17, payload: udp(5060, 5080, sip), ttl: 63 })
    const file = pcap([packet, forwarded], { linkType: 101 })
    new DataView(file.buffer).setUint32(24 + 16 + packet.length + 4, 50, true) // 50 µs behind the first
    expect(readChunked(file)).toMatchObject({
      frames: [{ number: 1 }],
      summary: { value: { skipped: { duplicate: 1 } } },
    })
  })
  test('malformed in every way is counted', () => {
    const { summary } = read(
      ipv4({ protocol: 17, payload: Uint8Array.of(1, 2, 3) }),
      packet.subarray(0, 30),
      Uint8Array.of(0x45),
    )
    expect(summary).toMatchObject({ ok: true, value: { packets: 3 } })
    const counts = Object.values(summary.ok ? summary.value.skipped : {})
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
  })
})

describe('TCP', () => {
  const segment = (sequence: number, payload: string, flags = 16) =>
    ipv4({
      protocol: 6,
      payload: tcp({ source: 5060, destination: 5080, sequence, payload, flags }),
      id: sequence & 0xffff,
    })
  const read = (...packets: readonly Uint8Array[]) => {
    const { frames, summary } = readChunked(pcap(packets, { linkType: 101 }))
    return {
      text: frames.map(({ bytes }) => Buffer.from(bytes).toString()).join(''),
      gaps: frames.filter(({ stream }) => stream?.gap === true).length,
      ends: frames.flatMap(({ stream }) => stream?.ends ?? []),
      skipped: summary.ok ? summary.value.skipped : {},
    }
  }
  const syn = segment(99, '', 2)

  test('is put in order', () => {
    expect(read(syn, segment(100, 'abc'), segment(103, 'def'))).toMatchObject({ text: 'abcdef', gaps: 0 })
    expect(read(syn, segment(103, 'def'), segment(106, 'g'), segment(100, 'abc'))).toMatchObject({
      text: 'abcdefg',
      gaps: 0,
    })
  })
  test('that is sent again or overlaps is told once', () => {
    expect(read(syn, segment(100, 'abc'), segment(100, 'abc'), segment(102, 'cde'))).toMatchObject({
      text: 'abcde',
      skipped: { 'tcp retransmission': 1 },
    })
  })
  test('of which bytes are lost goes on behind them, and says so', () => {
    const { text, gaps, skipped } = read(syn, segment(100, 'abc'), segment(110, 'xyz'))
    expect({ text, gaps, lost: skipped['tcp gap'] }).toEqual({ text: 'abcxyz', gaps: 1, lost: 1 })
  })
  test('in mid-connection begins where the tap did', () => {
    expect(read(segment(5000, 'abc'), segment(5003, 'def'))).toMatchObject({ text: 'abcdef', gaps: 1 })
  })
  test('goes on where sequence numbers wrap', () => {
    expect(read(segment(0xfffffffe, 'ab'), segment(0, 'cd'))).toMatchObject({ text: 'abcd' })
  })
  test('ends by FIN and by reset', () => {
    expect(read(syn, segment(100, 'abc', 17)).ends).toEqual(['fin'])
    expect(read(syn, segment(100, 'abc'), segment(103, '', 4)).ends).toEqual(['reset'])
  })
})

describe('a hostile capture is bounded:', () => {
  const read = (packets: readonly Uint8Array[]) => readChunked(pcap(packets, { linkType: 101 }))
  test('ten thousand datagrams of which one fragment came', () => {
    const open = Array.from({ length: 10_000 }, (_, id) =>
      ipv4({ protocol: 17, payload: new Uint8Array(800), hasMore: true, id }),
    )
    expect(read(open).summary).toMatchObject({
      value: { packets: 10_000, skipped: { 'too many open fragments': 8976, 'fragment incomplete': 1024 } },
    })
  })
  test('ten thousand connections in which bytes wait for lost ones', () => {
    const half = Array.from({ length: 10_000 }, (_, port) => [
      ipv4({ protocol: 6, payload: tcp({ source: port, destination: 5060, sequence: 1, payload: 'a' }), id: port }),
      ipv4({
        protocol: 6,
        payload: tcp({ source: port, destination: 5060, sequence: 500, payload: 'b' }),
        id: port + 1,
      }),
    ]).flat()
    const { frames, summary } = read(half)
    expect(frames.length).toBe(20_000)
    expect(summary).toMatchObject({ value: { skipped: { 'tcp gap': 10_000 } } })
  })
  test('a block of pcapng that claims four gigabytes', () => {
    const file = pcapng({ packets: [ethernet] })
    const tail = bytesOf([6, 0, 0, 0], [0xfc, 0xff, 0xff, 0xff], new Uint8Array(64))
    expect(summaryOf(bytesOf(file, tail)).cut).toContain('a block that claims 4294967292 bytes')
  })
  test('interfaces without end', () => {
    const [interfaceBlock] = [pcapng({ packets: [] }).subarray(28, 28 + 32)]
    const file = bytesOf(pcapng({ packets: [ethernet] }), ...Array<Uint8Array>(10_001).fill(interfaceBlock))
    expect(summaryOf(file).cut).toContain('more than 10000')
  })
})

describe('a snap length', () => {
  const media = Uint8Array.from([0x80, 8, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, ...Array<number>(160).fill(0xd5)])
  const cutTo = (packet: Uint8Array, length: number): Uint8Array => {
    const file = pcap([packet.subarray(0, length)], { linkType: 101 })
    new DataView(file.buffer).setUint32(24 + 12, packet.length, true)
    return file
  }
  test('that cuts datagrams leaves what it left, and says how much is missing', () => {
    const whole = ipv4({ protocol: 17, payload: udp(20_000, 30_000, media) })
    const { frames, summary } = readChunked(cutTo(whole, 68))
    expect(frames).toMatchObject([{ number: 1, cut: whole.length - 68, bytes: media.slice(0, 40) }])
    expect(summary).toMatchObject({ value: { skipped: {} } })
  })
  test('that cuts fragments and TCP is counted', () => {
    const fragment = ipv4({ protocol: 17, payload: udp(20_000, 30_000, media).subarray(0, 160), hasMore: true })
    const segment = ipv4({
      protocol: 6,
      payload: tcp({ source: 5060, destination: 5080, sequence: 1, payload: 'x'.repeat(99) }),
    })
    for (const packet of [fragment, segment])
      expect(readChunked(cutTo(packet, 68))).toMatchObject({
        frames: [],
        summary: { value: { skipped: { 'cut by snap length': 1 } } },
      })
  })
})

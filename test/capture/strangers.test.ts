import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Frame, showEndpoint } from '../../src/core/frame.ts'
import { openCapture, readCaptureFrom } from '../../src/run/capture-file.ts'
import { causeFolder } from '../support/cause-file.ts'
import { bytesOf, ipv4, ipv6, links, pcap, pcapng, tcp, udp } from '../support/layers.ts'
import { lacking } from '../support/programs.ts'
import { tsharkPackets, tsharkStreams } from '../support/tshark-packets.ts'

const shared = process.env.TRUNKPROOF_SHARED
const folder = mkdtempSync(join(tmpdir(), 'trunkproof-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

type Read = {
  readonly times: readonly number[]
  /** Number of the packet, and payload. */
  readonly datagrams: readonly string[]
  readonly icmp: readonly number[]
  readonly streams: readonly string[]
  readonly refused: boolean
}

const ours = async (path: string): Promise<Read> => {
  const source = await openCapture(path)
  if (!source.ok) throw new Error(source.fault.saw)
  const times: number[] = []
  const frames: Frame[] = []
  const summary = await readCaptureFrom(source.value, {
    give: (frame) => frames.push({ ...frame, bytes: Uint8Array.from(frame.bytes) }),
    raw: ({ number, timeUs }) => {
      times[number - 1] = timeUs
    },
  })
  const streams = new Map<string, string>()
  for (const { layer, bytes, source: from, stream } of frames) {
    const key = `${stream?.connection ?? 0} ${showEndpoint(from)}`
    if (layer === 'tcp' && bytes.length > 0) streams.set(key, (streams.get(key) ?? '') + hex(bytes))
  }
  return {
    times: Array.from(times, (timeUs: number | undefined) => timeUs ?? 0), // what is no packet has a number, but no time
    datagrams: frames.filter(({ layer }) => layer === 'datagram').map(({ number, bytes }) => `${number} ${hex(bytes)}`),
    icmp: frames.filter(({ layer }) => layer === 'icmp').map(({ number }) => number),
    streams: [...streams].map(([key, text]) => `${key.slice(key.indexOf(' ') + 1)} ${text}`).sort(),
    refused: !summary.ok,
  }
}

const theirs = (path: string): Read => {
  const packets = tsharkPackets(path)
  return {
    times: packets.map(({ timeUs }) => timeUs),
    datagrams: packets
      .filter(({ udpPayload, isIcmp }) => udpPayload !== '' && !isIcmp)
      .map(({ number, udpPayload }) => `${number} ${udpPayload}`),
    icmp: packets.filter(({ isIcmp }) => isIcmp).map(({ number }) => number),
    streams: [...tsharkStreams(path)].sort(),
    refused: false,
  }
}

const text = bytesOf('INVITE sip:trunk SIP/2.0\r\n', 'x'.repeat(300))
const datagram = udp(5060, 5080, text)
const part = (from: number, to: number, id: number): Uint8Array =>
  ipv4({ protocol: 17, payload: datagram.subarray(from, to), offset: from, hasMore: to < datagram.length, id })
const part6 = (from: number, to: number): Uint8Array => {
  const whole = bytesOf([17, 0, 1, 4, 0, 0, 0, 0], datagram)
  const flags = (to < whole.length ? 1 : 0) | from
  return ipv6(44, whole.subarray(from, to), bytesOf([60, 0], [(flags >> 8) & 0xff, flags & 0xff], [0, 0, 0, 9]))
}
const packet = (id: number): Uint8Array => ipv4({ protocol: 17, payload: datagram, id })

const internet: Readonly<Record<string, readonly Uint8Array[]>> = {
  'fragments in order': [part(0, 96, 1), part(96, 208, 1), part(208, 400, 1)],
  'fragments the other way round, of two datagrams at the same time': [
    part(208, 400, 2),
    part(208, 400, 3),
    part(96, 208, 3),
    part(0, 96, 2),
    part(96, 208, 2),
    part(0, 96, 3),
  ],
  'fragments that come twice': [part(0, 96, 4), part(0, 96, 4), part(96, 400, 4)],
  'a datagram of which a fragment is lost': [part(0, 96, 5), part(208, 400, 5)],
  'IPv6 with all extension headers': [
    ipv6(
      0,
      datagram,
      bytesOf([43, 0, 1, 4, 0, 0, 0, 0]), // hop by hop
      bytesOf([60, 0, 0, 0, 0, 0, 0, 0]), // routing
      bytesOf([51, 0, 1, 4, 0, 0, 0, 0]), // destination options
      bytesOf([17, 4, 0, 0], Array(20).fill(1)), // authentication (RFC 4302), in units of four octets less two
    ),
  ],
  'IPv6 fragments that carry an extension header': [part6(0, 96), part6(96, 400)],
  'an IPv6 fragment that is whole (RFC 6946)': [ipv6(44, datagram, bytesOf([17, 0, 0, 0, 0, 0, 0, 9]))],
  'IPv4 in IPv4, IPv6 in IPv4, IPv4 in IPv6': [
    ipv4({ protocol: 4, payload: packet(10) }),
    ipv4({ protocol: 41, payload: ipv6(17, datagram) }),
    ipv6(4, packet(11)),
  ],
  GRE: [ipv4({ protocol: 47, payload: bytesOf([0, 0, 8, 0], packet(12)) })],
  'an authentication header of IPv4 (RFC 4302)': [
    ipv4({ protocol: 51, payload: bytesOf([17, 4, 0, 0], Array(20).fill(1), datagram) }),
  ],
  'ICMP that quotes a datagram': [ipv4({ protocol: 1, payload: bytesOf([3, 3, 0, 0, 0, 0, 0, 0], packet(13)) })],
  'padding behind the IP packet': [bytesOf(packet(14), Array(6).fill(0xee))],
}

const segment = (sequence: number, payload: string, flags = 16, port = 40_000): Uint8Array =>
  ipv4({
    protocol: 6,
    payload: tcp({ source: port, destination: 5060, sequence, payload, flags }),
    id: sequence & 0xffff,
  })
const le32 = (value: number): readonly number[] =>
  [value, value >> 8, value >> 16, value >> 24].map((octet) => octet & 0xff)

const connections: readonly Uint8Array[] = [
  segment(99, '', 2),
  segment(100, 'abc'),
  segment(100, 'abc'), // sent again
  segment(102, 'cde'), // overlaps
  segment(109, 'jk'), // out of order
  segment(105, 'fghi'),
  segment(111, 'l', 17),
  segment(5000, 'in mid-connection', 16, 40_001),
  segment(5017, ', it goes on', 16, 40_001),
  segment(0xfffffff0, '', 2, 40_002),
  segment(0xfffffff1, 'numbers that wrap', 16, 40_002),
  segment(2, ' around', 16, 40_002),
]

describe.skipIf(lacking('tshark'))('tshark finds the same packets, payloads and streams in', () => {
  const expectSame = async (bytes: Uint8Array): Promise<Read> => {
    const path = join(folder, 'made.pcap')
    writeFileSync(path, bytes)
    const read = await ours(path)
    expect(read).toEqual(theirs(path))
    return read
  }

  test('every link layer', async () => {
    const sections = Object.values(links).map(({ linkType, wrap }, index) => ({
      linkType,
      isLittle: index % 2 === 0,
      resolution: index % 3 === 0 ? 9 : 6,
      packets: [wrap(packet(2 * index)), wrap(packet(2 * index + 1))],
    }))
    const { datagrams } = await expectSame(pcapng(...sections))
    expect(datagrams.length).toBe(2 * sections.length)
  })

  test('pcapng of other clocks than of microseconds', async () => {
    const packets = Array.from({ length: 60 }, (_, id) => packet(id))
    for (const resolution of [0, 3, 7, 9, 0x8a, 0x94, 0xa0])
      await expectSame(pcapng({ packets: packets.slice(0, resolution === 0 ? 1 : 60), linkType: 101, resolution }))
    for (const isLittle of [true, false])
      await expectSame(pcapng({ packets, linkType: 101, isLittle, resolution: 9, offsetS: isLittle ? 3600 : -7200 }))
  })

  test('blocks that are no packets, but have numbers among them', async () => {
    const custom = [0xbad, 0x40000bad].map((type) => bytesOf(le32(type), le32(20), le32(32_473), 'what', le32(20)))
    const journal = bytesOf(le32(9), le32(36), '__REALTIME_TIMESTAMP=00\n', le32(36))
    const section = (id: number) => pcapng({ packets: [packet(id)], linkType: 101 })
    await expectSame(bytesOf(section(20), ...custom, journal, section(21)))
  })

  test.each(Object.entries(internet))('%s', async (_, packets) => {
    await expectSame(pcap(packets, { linkType: 101 }))
  })

  test('TCP connections with all that can happen to their segments', async () => {
    const { streams } = await expectSame(pcap(connections, { linkType: 101 }))
    expect(streams.length).toBe(3)
  })

  test('captures of this repository', async () => {
    for (const name of ['fragments-lost.pcap', 'port-closed-media.pcap']) {
      const path = join(causeFolder, name)
      expect(await ours(path)).toEqual(theirs(path))
    }
  })

  const corpora = ['captures', 'corpora/pcap'].map((name) => join(shared ?? '', name))
  const files =
    shared === undefined
      ? []
      : corpora.flatMap((path) =>
          readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name)),
        )
  test.skipIf(shared === undefined)(
    'each capture of the corpora (where TRUNKPROOF_SHARED names them)',
    async () => {
      let compared = 0
      for (const path of files.filter((name) => /\.p?cap(ng)?$|G711$/.test(name))) {
        const read = await ours(path)
        if (read.refused) continue // of Network Monitor: docs/decisions/0007
        expect(read, relative(shared ?? '', path)).toEqual(theirs(path))
        compared += 1
      }
      expect(compared).toBeGreaterThanOrEqual(60)
    },
    300_000,
  )
})

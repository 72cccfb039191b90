import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Capture, readOwnCapture } from '../../src/capture/own.ts'
import { frameBlock, interfaceBlock, interfaceStatistics, sectionHeader } from '../../src/capture/write.ts'
import { joined } from '../../src/capture/blocks.ts'
import type { Frame } from '../../src/core/frame.ts'
import { blocks, file, frameComments, frames, startedAtUs } from './sample.ts'

const read = (bytes: Uint8Array): Capture => {
  const capture = readOwnCapture(bytes)
  if (!capture.ok) throw new Error(JSON.stringify(capture.fault))
  return capture.value
}

test('what was written is read back equal', () => {
  expect(read(file)).toEqual({
    application: 'trunkproof 0.1.0',
    sectionComment: '{"profile":"sinch/eu"}',
    annotations: [],
    startedAtUs,
    interfaces: [
      { name: 'ladder0', description: 'options/answered (trunk)', endComment: '{"verdict":"pass"}' },
      { name: 'ladder1', description: 'options/unreachable (trunk)', endComment: '{"verdict":"inconclusive"}' },
    ],
    frames: frames.map((frame) => ({
      interface: frame.number < 5 ? 0 : 1,
      frame,
      comments: frameComments.get(frame.number) ?? [],
    })),
  })
})

const header = (comment = '') => sectionHeader({ application: 'a', comment, startedAtUs })
const one = interfaceBlock({ name: 'n', description: 'd' })

test('a section and an interface comment of any length is read back whole', () => {
  const long = 'é'.repeat(30_000) + '🎵'.repeat(40_001)
  const capture = read(joined([header(long), one, interfaceStatistics({ interface: 0, timeUs: 0, comment: long })]))
  expect(capture.sectionComment).toBe(long)
  expect(capture.interfaces[0]?.endComment).toBe(long)
})

test('a frame comment longer than an option holds is cut, with a sign', () => {
  const [frame] = frames
  if (!frame) throw new Error('no frame')
  const block = frameBlock({ interface: 0, frame, startedAtUs, comments: ['€'.repeat(70_000)] })
  expect(read(joined([header(), one, block])).frames[0]?.comments).toEqual([`${'€'.repeat(21_000)}…`])
})

const port = fc.integer({ min: 0, max: 65535 })
const ipv4 = fc.record({ address: fc.ipV4(), port })
const ipv6 = fc.record({ address: fc.constantFrom('::1', '2001:db8::1', 'fe80::a:b', '2001:db8:1:2:3:4:5:6'), port })
const frameOf = (endpoint: typeof ipv4): fc.Arbitrary<Omit<Frame, 'number'>> =>
  fc.record(
    {
      timeMs: fc.integer({ min: 0, max: 3_600_000_000 }).map((us) => us / 1000),
      tap: fc.constantFrom('sent', 'received', 'observed'),
      layer: fc.constant('datagram' as const),
      source: endpoint,
      destination: endpoint,
      bytes: fc.uint8Array({ maxLength: 300 }),
      made: fc.string(),
    },
    { requiredKeys: ['timeMs', 'tap', 'layer', 'source', 'destination', 'bytes'] },
  )

test('whatever crosses a tap is read back equal', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(frameOf(ipv4), frameOf(ipv6)), { maxLength: 8 }),
      fc.array(fc.string()),
      (some, comments) => {
        const written = some.map((frame, index): Frame => ({ ...frame, number: index + 1 }))
        const bytes = joined([
          header(),
          one,
          ...written.map((frame) => frameBlock({ interface: 0, frame, startedAtUs, comments })),
        ])
        expect(read(bytes).frames).toEqual(written.map((frame) => ({ interface: 0, frame, comments })))
      },
    ),
    { numRuns: 200 },
  )
})

describe('a writer that was killed', () => {
  test('leaves a file cut anywhere: what is whole is read, and the cut is told', () => {
    const ends = blocks.map((_, index) => joined(blocks.slice(0, index + 1)).length)
    for (let length = ends[0] ?? 0; length <= file.length; length++) {
      const capture = read(file.slice(0, length))
      const whole = ends.filter((end) => end <= length).length
      expect(capture.interfaces).toHaveLength(Math.min(2, whole - 1))
      expect(capture.frames).toHaveLength(Math.min(6, Math.max(0, whole - 3)))
      expect(capture.cut).toBe(
        ends.includes(length)
          ? undefined
          : `the file ends within the block that begins at byte ${ends[whole - 1] ?? 0}`,
      )
    }
  })
})

const word = (at: number, value: number, littleEndian = true): Uint8Array => {
  const bent = file.slice()
  new DataView(bent.buffer).setUint32(at, value, littleEndian)
  return bent
}
const at = (block: number): number => joined(blocks.slice(0, block)).length
const faultOf = (bytes: Uint8Array): string => {
  const capture = readOwnCapture(bytes)
  return capture.ok ? 'read' : `${capture.fault.rule} at ${capture.fault.at}`
}

describe('a file that is not ours is refused, with the place', () => {
  for (const [what, bytes, told] of [
    ['nothing', new Uint8Array(), 'pcapng.magic at 0'],
    ['a classic pcap file', word(0, 0xa1b2c3d4), 'pcapng.magic at 0'],
    ['an unknown byte order', word(8, 0x01020304), 'pcapng.byte-order at 8'],
    ['version 2', word(12, 2), 'pcapng.version at 12'],
    ['a block of 2 GiB', word(at(1) + 4, 0x7ffffff8), `pcapng.block-length at ${at(1) + 4}`],
    ['a block of 8 bytes', word(at(1) + 4, 8), `pcapng.block-length at ${at(1) + 4}`],
    ['a block of 33 bytes', word(at(1) + 4, 33), `pcapng.block-length at ${at(1) + 4}`],
    ['two lengths that differ', word(at(2) - 4, 64), `pcapng.block-trailer at ${at(2) - 4}`],
    ['another link type', word(at(1) + 8, 1), `pcapng.link-type at ${at(1) + 8}`],
    ['an option beyond its block', word(at(1) + 16, 0xffff0002), `pcapng.option at ${at(1) + 16}`],
    ['a frame of no interface', word(at(3) + 8, 2), `pcapng.interface at ${at(3) + 8}`],
    ['a packet beyond its block', word(at(3) + 20, 5000), `pcapng.packet-length at ${at(3) + 20}`],
    ['a packet cut by the capture', word(at(3) + 24, 5000), `pcapng.packet-length at ${at(3) + 20}`],
    ['a time beyond all clocks', word(at(3) + 12, 0xffffffff), `pcapng.time at ${at(3) + 12}`],
    ['a packet that is no IP', word(at(3) + 28, 0), `ip.version at ${at(3) + 28}`],
    ['statistics of no interface', word(at(9) + 8, 7), `pcapng.interface at ${at(9) + 8}`],
    ['a simple packet block', word(at(3), 3), `pcapng.block-type at ${at(3)}`],
    ['a second section', joined([file, file]), `pcapng.second-section at ${file.length}`],
  ] as const)
    test(`${what}: ${told}`, () => {
      expect(faultOf(bytes)).toBe(told)
    })

  test('a capture of another program says so', () => {
    const bent = file.slice()
    bent.set(new TextEncoder().encode('tIme'), Buffer.from(file).indexOf('time 0 is '))
    expect(faultOf(bent)).toBe('pcapng.not-ours at 0')
  })
})

test('blocks that we do not know are passed over, as the draft asks', () => {
  const unknown = Uint8Array.from([0xad, 0x0b, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 16, 0, 0, 0])
  expect(read(joined([...blocks.slice(0, 3), unknown, ...blocks.slice(3)]))).toEqual(read(file))
})

test('no bytes, however bent, make the reader throw', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 20 }),
      fc.nat(file.length),
      (bends, length) => {
        const bent = file.slice(0, length)
        for (const [place, value] of bends) if (place < length) bent[place] = value
        expect(typeof readOwnCapture(bent).ok).toBe('boolean')
      },
    ),
    { numRuns: 2000 },
  )
})

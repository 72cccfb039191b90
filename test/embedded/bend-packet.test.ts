import { describe, expect, test } from 'vitest'
import { createPacketBend, packetBend } from '../../src/embedded/bend-packet.ts'
import { type RtpPacket, parseRtp, serializeRtp } from '../../src/rtp/packet.ts'

const packet = (n: number, payloadType = 0): RtpPacket => ({
  marker: n === 0,
  payloadType,
  sequence: (0xfffe + n) & 0xffff,
  timestamp: 160 * n,
  ssrc: 0x1234,
  csrcs: [],
  payload: new Uint8Array(160).fill(n + 1),
  paddingLength: 0,
})

const bent = (spec: unknown, packets: readonly RtpPacket[]): { out: RtpPacket[]; bends: number } => {
  let bends = 0
  const bend = createPacketBend(packetBend.parse(spec), new Map(), () => {
    bends += 1
  })
  const out = packets
    .flatMap((one) => bend(serializeRtp(one)))
    .map((bytes) => {
      const parsed = parseRtp(bytes)
      if (!parsed.ok) throw new Error(parsed.fault.rule)
      return parsed.value
    })
  return { out, bends }
}

/** A report of the event 5 in each, the last two of its end. */
const reports = [0x0a, 0x0a, 0x8a, 0x8a].map((flags, n) => ({
  ...packet(n, 101),
  timestamp: 160,
  payload: Uint8Array.of(5, flags, 0, 160),
}))
const numbers = (packets: readonly RtpPacket[]) =>
  packets.map(({ payloadType, timestamp, payload }) => [payloadType, timestamp, payload[0], payload[1]])

const four = [0, 1, 2, 3].map((n) => packet(n))

describe('bends of telephone-events (RFC 4733 §2.3)', () => {
  test.each([
    [
      { bend: 'event-payload-type', to: 121 },
      [
        [121, 160, 5, 0x0a],
        [121, 160, 5, 0x0a],
        [121, 160, 5, 0x8a],
        [121, 160, 5, 0x8a],
      ],
    ],
    [
      { bend: 'event-digit', from: 5, to: 6 },
      [
        [101, 160, 6, 0x0a],
        [101, 160, 6, 0x0a],
        [101, 160, 6, 0x8a],
        [101, 160, 6, 0x8a],
      ],
    ],
    [
      { bend: 'event-without-end' },
      [
        [101, 160, 5, 0x0a],
        [101, 160, 5, 0x0a],
        [101, 160, 5, 0x0a],
        [101, 160, 5, 0x0a],
      ],
    ],
    [
      { bend: 'event-end-anew' },
      [
        [101, 160, 5, 0x0a],
        [101, 160, 5, 0x0a],
        [101, 160, 5, 0x8a],
        [101, 0x10000, 5, 0x8a],
      ],
    ],
  ])('%j', (spec, expected) => {
    expect(numbers(bent(spec, reports).out)).toEqual(expected)
    expect(bent(spec, four)).toEqual({ out: four, bends: 0 })
  })
})

describe('bends of RTP packets', () => {
  test('drop lets nothing out', () => {
    expect(bent({ bend: 'drop' }, four)).toEqual({ out: [], bends: 4 })
  })

  test('silence keeps all but the sound, in the code of the law (ITU-T G.711)', () => {
    const { out } = bent({ bend: 'silence' }, [packet(0, 0), packet(1, 8)])
    expect(out.map(({ payload }) => [payload.length, new Set(payload)])).toEqual([
      [160, new Set([0xff])],
      [160, new Set([0xd5])],
    ])
    expect(out.map(({ sequence, timestamp }) => [sequence, timestamp])).toEqual([
      [0xfffe, 0],
      [0xffff, 160],
    ])
  })

  test('silence leaves packets of other codecs alone', () => {
    expect(bent({ bend: 'silence' }, [packet(0, 101)])).toEqual({ out: [packet(0, 101)], bends: 0 })
  })

  test('payload-type changes each nth packet, from the first', () => {
    const { out, bends } = bent({ bend: 'payload-type', to: 111, every: 3 }, four)
    expect(out.map(({ payloadType }) => payloadType)).toEqual([111, 0, 0, 111])
    expect(bends).toBe(2)
  })

  test('pair puts two packets in one, and leaves no gap in the sequence, across its wrap', () => {
    const { out } = bent({ bend: 'pair' }, [...four, packet(4), packet(5)])
    expect(out.map(({ sequence, timestamp, payload }) => [sequence, timestamp, payload.length])).toEqual([
      [0xfffe, 0, 320],
      [0xffff, 320, 320],
      [0, 640, 320],
    ])
    expect(out[0]?.marker).toBe(true)
    expect([out[1]?.payload[0], out[1]?.payload[160]]).toEqual([3, 4])
  })

  test('mix adds what another stream of the party said, each once, and leaves a stream alone that is alone', () => {
    // ITU-T G.711 table 2a: 0x9f is 8316, and twice that is nearest to 16764, which is 0x8f.
    const loud = (ssrc: number): RtpPacket => ({ ...packet(0), ssrc, payload: new Uint8Array(160).fill(0x9f) })
    const { out, bends } = bent({ bend: 'mix' }, [1, 1, 2, 2, 2, 1].map(loud))
    expect(out.map(({ ssrc, payload }) => [ssrc, ...new Set(payload)])).toEqual([
      [1, 0x9f],
      [1, 0x9f],
      [2, 0x8f],
      [2, 0x8f],
      [2, 0x9f],
      [1, 0x8f],
    ])
    expect(bends).toBe(3)
  })

  test('what is no RTP packet goes out as it is', () => {
    const bend = createPacketBend({ bend: 'drop' }, new Map(), () => undefined)
    const bytes = new Uint8Array([1, 2, 3])
    expect(bend(bytes)).toEqual([bytes])
  })

  test('an unknown bend is refused, and so is an unknown key', () => {
    expect(packetBend.safeParse({ bend: 'shred' }).success).toBe(false)
    expect(packetBend.safeParse({ bend: 'drop', every: 2 }).success).toBe(false)
  })
})

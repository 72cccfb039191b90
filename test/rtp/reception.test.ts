import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createReception, lostOf, receive } from '../../src/rtp/reception.ts'
import type { Reception } from '../../src/rtp/reception.ts'

type Fixture = {
  readonly clockRate: number
  readonly tshark: { readonly packets: number; readonly lost: number; readonly meanJitterMs: number }
  readonly rows: readonly (readonly [seconds: number, sequence: number, timestamp: number])[]
}

const fixture = (name: string): Fixture =>
  JSON.parse(readFileSync(new URL(`../../fixtures/rtp/${name}.json`, import.meta.url), 'utf8')) as Fixture

const receptionOf = ({ clockRate, rows }: Fixture): Reception => {
  const state = createReception(clockRate)
  for (const [seconds, sequence, timestamp] of rows) receive(state, sequence, timestamp, seconds * 1000)
  return state
}

/** A stream of these sequence numbers, 20 ms apart, on time. */
const following = (sequences: readonly number[], firstTimestamp = 0): Reception =>
  receptionOf({
    clockRate: 8000,
    tshark: { packets: 0, lost: 0, meanJitterMs: 0 },
    rows: sequences.map((sequence, i) => [i * 0.02, sequence, (firstTimestamp + i * 160) >>> 0] as const),
  })

const run = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => (from + i) % 65536)

describe('a real stream has the loss and the jitter that tshark finds', () => {
  for (const name of ['baresip-pcmu', 'sipp-pcma'])
    test(name, () => {
      const stream = fixture(name)
      const state = receptionOf(stream)
      expect({
        packets: state.received,
        lost: lostOf(state),
        meanJitterMs: Math.round(state.meanJitterMs * 1000) / 1000,
      }).toEqual({
        packets: stream.tshark.packets,
        lost: stream.tshark.lost,
        meanJitterMs: stream.tshark.meanJitterMs,
      })
    })

  test('sipp-dtmf: loss alone, for the timestamp of an event stands still (RFC 4733 §2.2.1)', () => {
    const stream = fixture('sipp-dtmf')
    expect(lostOf(receptionOf(stream))).toBe(stream.tshark.lost)
  })
})

describe('lost packets (RFC 3550 A.1, A.3)', () => {
  for (const [what, sequences, lost] of [
    ['nothing received', [], 0],
    ['one packet', [5], 0],
    ['none missing', run(100, 50), 0],
    ['none missing around 65535', run(65_500, 100), 0],
    ['three missing around 65535', [65_534, 2, 3], 3],
    ['one missing', [1, 2, 4, 5], 1],
    ['one late', [1, 2, 4, 3, 5], 0],
    ['one late around 65535', [65_534, 0, 65_535, 1], 0],
    ['one twice: expected less received (A.3 says that it may be negative)', [1, 2, 2, 3], -1],
    ['a gap of less than MAX_DROPOUT', [1, 2, 3001], 2998],
    ['a stray packet far away', [1, 2, 30_000, 3, 4], -1],
    ['numbers that begin anew', [...run(1, 10), ...run(40_000, 10)], 0],
    ['numbers that begin anew, with one missing before and one after', [1, 2, 4, 40_000, 40_001, 40_003], 2],
    ['numbers that begin anew at 65535', [...run(30_000, 10), ...run(65_535, 10)], 0],
    ['two laps', [...run(0, 65_536), ...run(0, 65_536)], 0],
  ] as const)
    test(`${what}: ${lost}`, () => {
      expect(lostOf(following(sequences))).toBe(lost)
    })
})

describe('interarrival jitter (RFC 3550 A.8)', () => {
  test('is nothing where packets come as they were sampled, over the wrap of timestamps too', () => {
    expect(following(run(0, 100), 2 ** 32 - 1600).meanJitterMs).toBeCloseTo(0, 9)
  })

  test('is nothing before the second packet', () => {
    expect(following([]).meanJitterMs).toBe(0)
    expect(following([7]).meanJitterMs).toBe(0)
  })

  test('takes no measure of a digit, whose timestamp stands still (RFC 4733 §2.2.1)', () => {
    const state = createReception(8000)
    receive(state, 1, undefined, 0)
    receive(state, 2, 160, 20)
    for (const sequence of [3, 4, 5]) receive(state, sequence, undefined, 20 * sequence)
    receive(state, 6, 800, 100)
    expect(state.meanJitterMs).toBe(0)
    expect(lostOf(state)).toBe(0)
  })

  test('moves by a sixteenth of each change of transit time', () => {
    const state = createReception(8000)
    receive(state, 1, 0, 0)
    receive(state, 2, 160, 36)
    expect(state.jitterMs).toBe(1)
    receive(state, 3, 320, 56)
    expect(state.jitterMs).toBe(1 - 1 / 16)
    expect(state.meanJitterMs).toBe((1 + 15 / 16) / 2)
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../src/rtp/g711.ts'
import type { G711 } from '../../src/rtp/g711.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/g711/${name}`, import.meta.url))
const everyCode = Uint8Array.from({ length: 256 }, (_, i) => i)
const ramp = Int16Array.from({ length: 8192 }, (_, i) => -32768 + 8 * i)

for (const [codec, law] of [
  ['PCMU', 'ulaw'],
  ['PCMA', 'alaw'],
] as const)
  describe(`${codec} (ITU-T G.711)`, () => {
    test('decodes all 256 codes as SoX does', () => {
      const bytes = fixture(`all.${law}.s16`)
      const samples = Int16Array.from({ length: 256 }, (_, i) => bytes.readInt16LE(2 * i))
      expect(decode(codec, everyCode)).toStrictEqual(samples)
    })

    test('encodes the whole range of samples as SoX does', () => {
      expect(encode(codec, ramp)).toStrictEqual(new Uint8Array(fixture(`ramp.${law}`)))
    })
  })

for (const [codec, sample, code, what] of [
  ['PCMU', 0, 0xff, 'idle is all ones (G.711 table 2a: positive zero)'],
  ['PCMU', 32767, 0x80, 'the largest value is 0x80'],
  ['PCMU', -32768, 0x00, 'the smallest is 0x00'],
  ['PCMA', 0, 0xd5, 'idle is 0xD5: even bits are inverted (G.711 table 1a)'],
  ['PCMA', 32767, 0xaa, 'the largest value is 0xAA'],
  ['PCMA', -32768, 0x2a, 'the smallest is 0x2A'],
] as const satisfies readonly (readonly [G711, number, number, string])[])
  test(`${codec}: ${what}`, () => {
    expect(encode(codec, Int16Array.of(sample))).toEqual(Uint8Array.of(code))
  })

/** ITU-T G.711 tables 5 and 6: the periodic sequence of a 1000 Hz sine at 0 dBm0, 1.57 dB below full load for A-law. */
for (const [codec, codes] of [
  ['PCMU', [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]],
  ['PCMA', [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4]],
] as const)
  test(`${codec}: the reference sequence of G.711 is a symmetrical sine, and encodes to itself`, () => {
    const samples = decode(codec, Uint8Array.from(codes))
    expect([...samples.slice(0, 4)].map((sample) => -sample)).toEqual([...samples.slice(4)])
    // A sine sampled at 22.5°, 67.5° ...: the ratio of the two values is tan 67.5°, but for quantisation.
    expect(Math.abs((samples[1] ?? 0) / (samples[0] ?? 1))).toBeCloseTo(Math.tan((67.5 * Math.PI) / 180), 0)
    expect(encode(codec, samples)).toEqual(Uint8Array.from(codes))
  })

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decode, encode } from '../../src/rtp/g711.ts'
import type { G711 } from '../../src/rtp/g711.ts'
import { createPitch, heardBy, listen } from '../../src/rtp/pitch.ts'
import type { Heard } from '../../src/rtp/pitch.ts'
import { toneSamples } from '../../src/rtp/tone.ts'

const rate = 8000

const heard = (packets: Iterable<Int16Array>): Heard => {
  const pitch = createPitch(rate)
  for (const samples of packets) listen(pitch, samples)
  return heardBy(pitch)
}

/** `count` packets of 20 ms, made sample by sample. */
const packetsOf = (count: number, sampleAt: (n: number) => number): readonly Int16Array[] =>
  Array.from({ length: count }, (_, packet) =>
    Int16Array.from({ length: 160 }, (_unused, i) => sampleAt(packet * 160 + i)),
  )

const through = (codec: G711, packets: readonly Int16Array[]): readonly Int16Array[] =>
  packets.map((samples) => decode(codec, encode(codec, samples)))

const tone = (hz: number, count = 50): readonly Int16Array[] =>
  Array.from({ length: count }, (_, packet) => toneSamples(hz, rate, 160, packet * 160))

const sine = (hz: number, level: number) => (n: number) => level * Math.sin((2 * Math.PI * hz * n) / rate)

/** A generator of numbers from -1 to 1 that gives the same ones each time. */
const noise = (): (() => number) => {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state / 2 ** 31
  }
}

type Baresip = {
  readonly streams: readonly { readonly codec: G711; readonly hz: number; readonly packets: readonly string[] }[]
}
const baresip = JSON.parse(
  readFileSync(new URL('../../fixtures/rtp/baresip-tones.json', import.meta.url), 'utf8'),
) as Baresip

describe('a tone', () => {
  for (const { codec, hz, packets } of baresip.streams)
    test(`of baresip in ${codec} is heard as ${hz} Hz`, () => {
      const { toneHz, audibleMs, silentMs } = heard(
        packets.map((packet) => decode(codec, new Uint8Array(Buffer.from(packet, 'hex')))),
      )
      expect({ toneHz, audibleMs, silentMs }).toEqual({ toneHz: hz, audibleMs: 400, silentMs: 0 })
    })

  for (const codec of ['PCMU', 'PCMA'] as const)
    for (const hz of [200, 300, 440, 1000, 1010, 1004, 2600, 3400])
      test(`of ${hz} Hz in ${codec} is heard to the nearest 10 Hz`, () => {
        expect(heard(through(codec, tone(hz))).toneHz).toBe(Math.round(hz / 10) * 10)
      })

  test('goes on without a click from packet to packet', () => {
    const whole = toneSamples(1000, rate, 480, 0)
    expect([0, 160, 320].flatMap((from) => [...toneSamples(1000, rate, 160, from)])).toEqual([...whole])
  })

  test('is heard in a tenth of a second, not in less', () => {
    expect(heard(tone(1000, 5)).toneHz).toBe(1000)
    expect(heard(tone(1000, 4)).toneHz).toBeUndefined()
  })

  test('is heard through noise, and through packets that were lost', () => {
    const random = noise()
    const clean = sine(1000, 8000)
    expect(heard(packetsOf(50, (n) => clean(n) + 2000 * random())).toneHz).toBe(1000)
    expect(heard(tone(1000, 100).filter((_, i) => i % 7 !== 0)).toneHz).toBe(1000)
  })

  test('is told apart from silence around it', () => {
    const { toneHz, audibleMs, silentMs } = heard([
      ...packetsOf(25, () => 0),
      ...tone(440, 25),
      ...packetsOf(10, () => 0),
    ])
    expect({ toneHz, audibleMs, silentMs }).toEqual({ toneHz: 440, audibleMs: 500, silentMs: 700 })
  })

  test('that dominates the whole is the one that is told, in a long call too', () => {
    expect(heard([...tone(440, 50), ...tone(1000, 3000)]).toneHz).toBe(1000)
  })
})

describe('no one tone dominates', () => {
  for (const [what, sampleAt] of [
    ['two tones of a digit', (n) => sine(697, 8000)(n) + sine(1209, 8000)(n)],
    ['ringback of North America, 440 and 480 Hz', (n) => sine(440, 8000)(n) + sine(480, 8000)(n)],
    ['a buzz of many harmonics', (n) => (((n * 110) / rate) % 1) * 16_000 - 8000],
    ['a hum of 50 Hz, below what is looked at', sine(50, 8000)],
  ] as const satisfies readonly (readonly [string, (n: number) => number])[])
    test(what, () => {
      const { toneHz, audibleMs } = heard(packetsOf(100, sampleAt))
      expect({ toneHz, audibleMs }).toEqual({ toneHz: undefined, audibleMs: 2000 })
    })

  test('noise', () => {
    const random = noise()
    expect(heard(packetsOf(100, () => 8000 * random())).toneHz).toBeUndefined()
  })
})

describe('silence', () => {
  for (const [codec, code, what] of [
    ['PCMU', 0xff, 'idle'],
    ['PCMU', 0x7f, 'negative zero'],
    ['PCMA', 0xd5, 'idle'],
    ['PCMA', 0x55, 'the other idle'],
    ['PCMU', 0x00, 'a line stuck at full scale'],
    ['PCMA', 0x2a, 'a line stuck at full scale'],
    ['PCMA', 0xff, 'the idle of the other law'],
    ['PCMU', 0xd5, 'the idle of the other law'],
  ] as const)
    test(`is ${codec} 0x${code.toString(16)}: ${what}`, () => {
      const packet = decode(codec, new Uint8Array(160).fill(code))
      expect(heard(Array<Int16Array>(50).fill(packet))).toEqual({ audibleMs: 0, silentMs: 1000, toneHz: undefined })
    })

  test('is what lies below -40 dBov, sound what lies above', () => {
    // A sine of RMS r has a peak of r times the root of 2; -40 dBov is a hundredth of 32768.
    const peak = 327.68 * Math.SQRT2
    expect(heard(packetsOf(10, sine(1000, peak * 0.95))).audibleMs).toBe(0)
    expect(heard(packetsOf(10, sine(1000, peak * 1.05))).silentMs).toBe(0)
  })

  test('is nothing at all in a stream without packets, and an empty packet is neither', () => {
    expect(heard([new Int16Array(0)])).toEqual({ audibleMs: 0, silentMs: 0, toneHz: undefined })
  })
})

import { expect, test } from 'vitest'
import { createSpectrum } from '../../src/rtp/spectrum.ts'

/** The discrete Fourier transform by its definition. */
const byDefinition = (signal: readonly number[]): readonly number[] =>
  Array.from({ length: signal.length / 2 + 1 }, (_, k) => {
    const turn = (2 * Math.PI * k) / signal.length
    const real = signal.reduce((sum, value, n) => sum + value * Math.cos(turn * n), 0)
    const imaginary = signal.reduce((sum, value, n) => sum + value * Math.sin(turn * n), 0)
    return real ** 2 + imaginary ** 2
  })

for (const size of [2, 4, 8, 64])
  test(`the spectrum of ${size} samples is that of the definition, again and again`, () => {
    const spectrum = createSpectrum(size)
    for (const seed of [1, 5]) {
      const signal = Array.from({ length: size }, (_, n) => ((n * n * 7 + seed) % 11) - 5)
      for (const [k, power] of byDefinition(signal).entries())
        expect(spectrum(Float64Array.from(signal))[k]).toBeCloseTo(power, 6)
    }
  })

test('a signal that is too short ends in zeros', () => {
  expect([...createSpectrum(8)(Float64Array.of(1, 2, 3))].map((power) => Math.round(power * 1e6))).toEqual(
    byDefinition([1, 2, 3, 0, 0, 0, 0, 0]).map((power) => Math.round(power * 1e6)),
  )
})

/** The power at each of the `size / 2 + 1` frequencies of a real signal of `size` samples; the result is reused. */
export type Spectrum = (signal: Float64Array) => Float64Array

const reversed = (index: number, bits: number): number => {
  let result = 0
  for (let bit = 0; bit < bits; bit++) result |= ((index >> bit) & 1) << (bits - 1 - bit)
  return result
}

/** A fast Fourier transform (radix 2, decimation in time) for signals of `size`, a power of two; shorter ones end in zeros. */
export const createSpectrum = (size: number): Spectrum => {
  const bits = Math.log2(size)
  const places = Uint32Array.from({ length: size }, (_, i) => reversed(i, bits))
  const cosines = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size))
  const sines = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size))
  const real = new Float64Array(size)
  const imaginary = new Float64Array(size)
  const powers = new Float64Array(size / 2 + 1)

  const butterfly = (upper: number, lower: number, turn: number): void => {
    const [cosine = 0, sine = 0] = [cosines[turn], sines[turn]]
    const [a = 0, b = 0, c = 0, d = 0] = [real[upper], imaginary[upper], real[lower], imaginary[lower]]
    const turnedReal = c * cosine - d * sine
    const turnedImaginary = c * sine + d * cosine
    real[upper] = a + turnedReal
    imaginary[upper] = b + turnedImaginary
    real[lower] = a - turnedReal
    imaginary[lower] = b - turnedImaginary
  }

  return (signal) => {
    for (let i = 0; i < size; i++) real[i] = signal[places[i] ?? 0] ?? 0
    imaginary.fill(0)
    for (let half = 1; half < size; half *= 2)
      for (let start = 0; start < size; start += 2 * half)
        for (let k = 0; k < half; k++) butterfly(start + k, start + k + half, k * (size / (2 * half)))
    for (let i = 0; i <= size / 2; i++) powers[i] = (real[i] ?? 0) ** 2 + (imaginary[i] ?? 0) ** 2
    return powers
  }
}

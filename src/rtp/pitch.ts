import { type Spectrum, createSpectrum } from './spectrum.ts'

/** Loudness and pitch of a stream of samples: fixed memory, whatever the length. The fold owns and changes it. */
export type Pitch = {
  readonly clockRate: number
  audibleSamples: number
  silentSamples: number
  /** A block of sound being gathered. */
  readonly block: Float64Array
  filled: number
  blocks: number
  readonly spectrum: Spectrum
  /** Energy found at each frequency, from 0 to half of the clock rate. */
  readonly powers: Float64Array
}

export type Heard = {
  readonly audibleMs: number
  readonly silentMs: number
  /** To the nearest 10 Hz; `undefined` where no one tone dominates. */
  readonly toneHz: number | undefined
}

const lowestHz = 200
const highestHz = 3400
const stepHz = 10
/** -40 dBov: a hundredth of full scale, RMS. */
const audibleRms = 327.68
/** Blocks that are all looked at; later ones only now and then, so that a long call costs little. */
const eagerBlocks = 20
const laterEvery = 8
/** Part of all energy that one tone must hold: two equal tones (DTMF, ringback) are no one tone. */
const dominance = 0.6

export const createPitch = (clockRate: number): Pitch => {
  const blockLength = Math.floor(clockRate / stepHz)
  const size = 2 ** Math.ceil(Math.log2(blockLength))
  return {
    clockRate,
    audibleSamples: 0,
    silentSamples: 0,
    block: new Float64Array(blockLength),
    filled: 0,
    blocks: 0,
    spectrum: createSpectrum(size),
    powers: new Float64Array(size / 2 + 1),
  }
}

/** Mean of the samples; taken off before loudness is measured, for a constant value is no sound. */
const meanOf = (samples: Int16Array): number => {
  let sum = 0
  for (const sample of samples) sum += sample
  return sum / samples.length
}

const rmsOf = (samples: Int16Array, mean: number): number => {
  let sum = 0
  for (const sample of samples) sum += (sample - mean) ** 2
  return Math.sqrt(sum / samples.length)
}

const analyse = ({ block, powers, spectrum }: Pitch): void => {
  // A Hann window: the ends of a block that holds no whole number of periods would else look like noise.
  const turn = (2 * Math.PI) / block.length
  for (let i = 0; i < block.length; i++) block[i] = (block[i] ?? 0) * (0.5 - 0.5 * Math.cos(turn * i))
  for (const [i, power] of spectrum(block).entries()) powers[i] = (powers[i] ?? 0) + power
}

const gather = (pitch: Pitch, samples: Int16Array, mean: number): void => {
  for (const sample of samples) {
    pitch.block[pitch.filled++] = sample - mean
    if (pitch.filled < pitch.block.length) continue
    if (pitch.blocks < eagerBlocks || pitch.blocks % laterEvery === 0) analyse(pitch)
    pitch.blocks++
    pitch.filled = 0
  }
}

/** Takes in the samples of one packet: audible as a whole, above -40 dBov, or silent. */
export const listen = (pitch: Pitch, samples: Int16Array): void => {
  if (samples.length === 0) return
  const mean = meanOf(samples)
  if (rmsOf(samples, mean) > audibleRms) {
    pitch.audibleSamples += samples.length
    gather(pitch, samples, mean)
  } else {
    pitch.silentSamples += samples.length
    pitch.filled = 0
  }
}

/** Where between its neighbours the top of a peak lies, from -0.5 to 0.5: that of the parabola through their logarithms. */
const offsetOf = (before: number, top: number, after: number): number => {
  const [a, b, c] = [Math.log(before), Math.log(top), Math.log(after)]
  const curve = a - 2 * b + c
  return Number.isFinite(curve) && curve < 0 ? (a - c) / (2 * curve) : 0
}

const toneOf = ({ powers, block, clockRate }: Pitch): number | undefined => {
  const binHz = clockRate / (2 * (powers.length - 1))
  const [first, last] = [Math.ceil(lowestHz / binHz) - 1, Math.floor(highestHz / binHz) + 1]
  let best = first
  for (let i = first; i <= last; i++) if ((powers[i] ?? 0) > (powers[best] ?? 0)) best = i
  // The window spreads a tone over two of the block's own frequencies to each side.
  const spread = Math.ceil((2 * clockRate) / block.length / binHz)
  const held = powers.subarray(Math.max(0, best - spread), best + spread + 1).reduce((sum, power) => sum + power, 0)
  const all = powers.reduce((sum, power) => sum + power, 0)
  if (all === 0 || held / all < dominance) return undefined
  const hz = (best + offsetOf(powers[best - 1] ?? 0, powers[best] ?? 0, powers[best + 1] ?? 0)) * binHz
  return Math.round(hz / stepHz) * stepHz
}

/** What has been heard so far. */
export const heardBy = (pitch: Pitch): Heard => ({
  audibleMs: (pitch.audibleSamples * 1000) / pitch.clockRate,
  silentMs: (pitch.silentSamples * 1000) / pitch.clockRate,
  toneHz: toneOf(pitch),
})

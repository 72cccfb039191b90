/** Loudness and pitch of a stream of samples: fixed memory, whatever the length. The fold owns and changes it. */
export type Pitch = {
  readonly clockRate: number
  audibleSamples: number
  silentSamples: number
  /** A block of sound being gathered. */
  readonly block: Float64Array
  filled: number
  blocks: number
  /** Energy found at each frequency from `lowestHz` on, and in all. */
  readonly powers: Float64Array
  power: number
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
/** A Hann window spreads a tone over its neighbours. */
const spread = 2

export const createPitch = (clockRate: number): Pitch => {
  const top = Math.min(highestHz, clockRate / 2 - stepHz)
  return {
    clockRate,
    audibleSamples: 0,
    silentSamples: 0,
    // A tenth of a second holds a whole number of periods of each multiple of 10 Hz.
    block: new Float64Array(Math.floor(clockRate / stepHz)),
    filled: 0,
    blocks: 0,
    powers: new Float64Array(Math.max(0, Math.floor((top - lowestHz) / stepHz) + 1)),
    power: 0,
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

/** Energy at one frequency by Goertzel's recurrence. */
const powerAt = (block: Float64Array, hz: number, clockRate: number): number => {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / clockRate)
  let last = 0
  let beforeLast = 0
  for (const sample of block) {
    const next = sample + factor * last - beforeLast
    beforeLast = last
    last = next
  }
  return last * last + beforeLast * beforeLast - factor * last * beforeLast
}

const analyse = (pitch: Pitch): void => {
  const { block, powers, clockRate } = pitch
  const turn = (2 * Math.PI) / block.length
  let energy = 0
  for (let i = 0; i < block.length; i++) {
    const windowed = (block[i] ?? 0) * (0.5 - 0.5 * Math.cos(turn * i))
    block[i] = windowed
    energy += windowed * windowed
  }
  // Parseval: the energies of all positive frequencies sum up to this.
  pitch.power += (energy * block.length) / 2
  for (let i = 0; i < powers.length; i++)
    powers[i] = (powers[i] ?? 0) + powerAt(block, lowestHz + i * stepHz, clockRate)
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

const toneOf = ({ powers, power }: Pitch): number | undefined => {
  let best = 0
  for (let i = 1; i < powers.length; i++) if ((powers[i] ?? 0) > (powers[best] ?? 0)) best = i
  let held = 0
  for (let i = best - spread; i <= best + spread; i++) held += powers[i] ?? 0
  return power > 0 && held / power >= dominance ? lowestHz + best * stepHz : undefined
}

/** What has been heard so far. */
export const heardBy = (pitch: Pitch): Heard => ({
  audibleMs: (pitch.audibleSamples * 1000) / pitch.clockRate,
  silentMs: (pitch.silentSamples * 1000) / pitch.clockRate,
  toneHz: toneOf(pitch),
})

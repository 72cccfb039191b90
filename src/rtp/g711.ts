/** The two laws of ITU-T G.711, to and from 16-bit linear samples. */
export type G711 = 'PCMU' | 'PCMA'

/** G.711's decision values are offset by this, in 16-bit scale. */
const muBias = 0x84
const muClip = 32635

/** Place of the highest set bit above bit 7: the number of a segment. */
const segmentOf = (magnitude: number): number => Math.max(0, 24 - Math.clz32(magnitude | 0xff))

const muToLinear = (code: number): number => {
  const inverted = ~code & 0xff
  const magnitude = ((((inverted & 0x0f) << 3) + muBias) << ((inverted & 0x70) >> 4)) - muBias
  return (inverted & 0x80) === 0 ? magnitude : -magnitude
}

const linearToMu = (sample: number): number => {
  const magnitude = Math.min(sample < 0 ? -sample : sample, muClip) + muBias
  const segment = segmentOf(magnitude)
  const code = (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)
  return ~(sample < 0 ? code | 0x80 : code) & 0xff
}

const aToLinear = (code: number): number => {
  const even = code ^ 0x55
  const segment = (even & 0x70) >> 4
  const step = ((even & 0x0f) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return (even & 0x80) === 0 ? -magnitude : magnitude
}

const linearToA = (sample: number): number => {
  // One's complement: the law's negative half begins just below zero.
  const magnitude = sample < 0 ? ~sample : sample
  const segment = segmentOf(magnitude)
  const code = (segment << 4) | ((magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f)
  return (sample < 0 ? code : code | 0x80) ^ 0x55
}

const tableOf = (toLinear: (code: number) => number): Int16Array =>
  Int16Array.from({ length: 256 }, (_, i) => toLinear(i))

const linear = { PCMU: tableOf(muToLinear), PCMA: tableOf(aToLinear) } as const satisfies Record<G711, Int16Array>
const encoders = { PCMU: linearToMu, PCMA: linearToA } as const satisfies Record<G711, (sample: number) => number>

/** 16-bit samples of a G.711 payload, one for each octet. */
export const decode = (codec: G711, bytes: Uint8Array): Int16Array => {
  const table = linear[codec]
  const samples = new Int16Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) samples[i] = table[bytes[i] ?? 0] ?? 0
  return samples
}

/** The G.711 payload of 16-bit samples. */
export const encode = (codec: G711, samples: Int16Array): Uint8Array => {
  const encoder = encoders[codec]
  const bytes = new Uint8Array(samples.length)
  for (let i = 0; i < samples.length; i++) bytes[i] = encoder(samples[i] ?? 0)
  return bytes
}

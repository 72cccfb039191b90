/** Octets before the samples: three chunks (Microsoft and IBM, Multimedia Programming Interface 1.0, §3). */
export const wavHeaderBytes = 44

/** The head of a file of linear samples of 16 bits, `bytes` of them in all. */
export const wavHeader = (channels: number, sampleRate: number, bytes: number): Uint8Array => {
  const header = new Uint8Array(wavHeaderBytes)
  const view = new DataView(header.buffer)
  const text = (at: number, name: string): void => header.set(new TextEncoder().encode(name), at)
  const frameBytes = 2 * channels
  text(0, 'RIFF')
  view.setUint32(4, wavHeaderBytes - 8 + bytes, true)
  text(8, 'WAVE')
  text(12, 'fmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true) // linear PCM
  view.setUint16(22, channels, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * frameBytes, true)
  view.setUint16(32, frameBytes, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, bytes, true)
  return header
}

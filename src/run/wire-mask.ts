import { type Draft, showEndpoint } from '../core/frame.ts'
import { createStreamMask, maskSecrets } from '../sip/mask.ts'

/** The bytes of each frame as they may be kept. What a segment of a stream began is known until its connection ends. */
export const createWireMask = (): ((draft: Draft) => Uint8Array) => {
  const streams = new Map<string, ReturnType<typeof createStreamMask>>()
  return ({ layer, source, destination, bytes, stream }) => {
    if (layer !== 'tcp') return maskSecrets(bytes)
    const ways = [source, destination].map(showEndpoint)
    const way = ways.join(' ')
    const mask = streams.get(way) ?? createStreamMask()
    const masked = mask(bytes)
    streams.set(way, mask)
    if (stream?.ends !== undefined) for (const ended of [way, ways.toReversed().join(' ')]) streams.delete(ended)
    return masked
  }
}

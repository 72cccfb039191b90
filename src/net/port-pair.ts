import { openUdp } from './udp.ts'
import type { UdpSocket } from './udp.ts'

export type PortPairOptions = {
  readonly address: string
  /** Both ports of the pair lie within; absent: wherever the system has two. */
  readonly ports?: { readonly first: number; readonly last: number }
  /** Where in the range to begin, any whole number. */
  readonly random: number
  readonly loopbackOnly: boolean
}

export type PortPair = { readonly rtp: UdpSocket; readonly rtcp: UdpSocket }

/** Tries at the system's own choice, half of which are odd. */
const systemTries = 64

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

/** Even ports to try (RFC 3550 §11), from a random place on, each once; 0 asks the system. */
const candidates = function* ({ ports, random }: PortPairOptions): Generator<number, void> {
  if (ports === undefined) {
    for (let attempt = 0; attempt < systemTries; attempt += 1) yield 0
    return
  }
  const first = ports.first + (ports.first % 2)
  const count = Math.max(0, Math.floor((ports.last - first + 1) / 2))
  for (let index = 0; index < count; index += 1) yield first + 2 * ((random + index) % count)
}

const openPair = async (options: PortPairOptions, port: number): Promise<PortPair | undefined> => {
  const { address, loopbackOnly } = options
  const rtp = await openUdp({ address, port, loopbackOnly })
  if (rtp.local.port % 2 === 0)
    try {
      return { rtp, rtcp: await openUdp({ address, port: rtp.local.port + 1, loopbackOnly }) }
    } catch (error) {
      await rtp.close()
      throw error
    }
  await rtp.close()
  return undefined
}

/** Binds an even port for RTP and the next one for RTCP (RFC 3550 §11); rejects where the range has no free pair. */
export const openPortPair = async (options: PortPairOptions): Promise<PortPair> => {
  for (const port of candidates(options))
    try {
      const pair = await openPair(options, port)
      if (pair !== undefined) return pair
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  const range = options.ports === undefined ? '' : ` within ${options.ports.first}-${options.ports.last}`
  throw new Error(`no free pair of RTP ports${range} on ${options.address}`)
}

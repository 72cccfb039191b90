import { createSocket, type Socket } from 'node:dgram'
import type { Endpoint, Frame } from '../../src/core/frame.ts'
import { loopback } from './ports.ts'

/** Hands on what two programs say to one another, and keeps it as if it had gone from end to end. */
export type Relay = {
  /** Where the one that begins is to send. */
  readonly port: number
  readonly frames: readonly Frame[]
  readonly close: () => Promise<void>
}

const bound = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, loopback, () => resolve(socket))
  })

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(() => resolve()))

export const openRelay = async (server: Endpoint): Promise<Relay> => {
  const [front, back] = await Promise.all([bound(), bound()])
  const frames: Frame[] = []
  const startMs = performance.now()
  let client: Endpoint | undefined
  const keep = (source: Endpoint, destination: Endpoint, bytes: Uint8Array): void => {
    const timeMs = performance.now() - startMs
    frames.push({ number: frames.length + 1, timeMs, tap: 'observed', layer: 'datagram', source, destination, bytes })
  }
  front.on('message', (bytes, { address, port }) => {
    client = { address, port }
    keep(client, server, bytes)
    back.send(bytes, server.port, server.address)
  })
  back.on('message', (bytes) => {
    if (client === undefined) return
    keep(server, client, bytes)
    front.send(bytes, client.port, client.address)
  })
  return {
    port: front.address().port,
    frames,
    close: async () => {
      await Promise.all([closed(front), closed(back)])
    },
  }
}

import { createSocket } from 'node:dgram'
import { connect, isIP } from 'node:net'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { Clock } from '../core/world.ts'

export type Probe = {
  /** The port is closed: an ICMP port unreachable came back (RFC 1122 §4.1.3.3), or a reset. */
  readonly refused: boolean
  readonly reply?: Uint8Array
  /** Where we sent from; port 0 where the system had no way to the target at all. */
  readonly local: Endpoint
  /** Any other reason of the system, as `EHOSTUNREACH`. */
  readonly error?: string
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.message

type Patience = { readonly timeoutMs: number; readonly clock: Clock }

/**
 * Sends one datagram from a connected socket, the only kind to which the system tells that a port is closed, and waits for
 * a refusal, a reply or the time to be up.
 */
const probeUdp = (target: Endpoint, bytes: Uint8Array, { timeoutMs, clock }: Patience): Promise<Probe> =>
  new Promise((resolve) => {
    const socket = createSocket(isIP(target.address) === 6 ? 'udp6' : 'udp4')
    let local: Endpoint = { address: isIP(target.address) === 6 ? '::' : '0.0.0.0', port: 0 }
    let over = false
    const finish = (probe: Omit<Probe, 'local'>): void => {
      if (over) return
      over = true
      disarm()
      socket.close(() => resolve({ ...probe, local }))
    }
    const fail = (error: Error | null): void => {
      if (error === null) return
      const code = codeOf(error)
      finish(code === 'ECONNREFUSED' ? { refused: true } : { refused: false, error: code })
    }
    const disarm = clock.after(timeoutMs, () => finish({ refused: false }))
    socket.on('error', fail)
    socket.on('message', (data) =>
      finish({ refused: false, reply: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }),
    )
    socket.on('connect', () => {
      const { address, port } = socket.address()
      local = { address, port }
      socket.send(bytes, fail)
    })
    try {
      socket.connect(target.port, target.address)
    } catch (error) {
      finish({ refused: false, error: error instanceof Error ? codeOf(error) : String(error) })
    }
  })

/** Opens a connection and closes it again. */
const probeTcp = (target: Endpoint, { timeoutMs, clock }: Patience): Promise<Probe> =>
  new Promise((resolve) => {
    const socket = connect({ port: target.port, host: target.address })
    let local: Endpoint = { address: isIP(target.address) === 6 ? '::' : '0.0.0.0', port: 0 }
    let found: Omit<Probe, 'local'> = { refused: false }
    const disarm = clock.after(timeoutMs, () => socket.destroy())
    socket.on('connect', () => {
      const { localAddress, localPort } = socket
      if (localAddress !== undefined && localPort !== undefined) local = { address: localAddress, port: localPort }
      socket.destroy()
    })
    socket.on('error', (error) => {
      const code = codeOf(error)
      found = code === 'ECONNREFUSED' ? { refused: true } : { refused: false, error: code }
    })
    socket.on('close', () => {
      disarm()
      resolve({ ...found, local })
    })
  })

/** Whether something may listen there: `bytes` go over UDP, a connection over TCP. */
export const probe = (transport: Transport, target: Endpoint, bytes: Uint8Array, patience: Patience): Promise<Probe> =>
  transport === 'tcp' ? probeTcp(target, patience) : probeUdp(target, bytes, patience)

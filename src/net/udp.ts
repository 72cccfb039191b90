import { createSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { scopeOf } from '../core/address.ts'
import { showEndpoint } from '../core/frame.ts'
import type { Endpoint } from '../core/frame.ts'

export type UdpSocket = {
  readonly transport: 'udp'
  readonly local: Endpoint
  /** Sends one datagram; what goes wrong comes to `onError`. Does nothing once closed. */
  readonly send: (bytes: Uint8Array, to: Endpoint) => void
  readonly onDatagram: (fn: (bytes: Uint8Array, from: Endpoint) => void) => void
  readonly onError: (fn: (error: Error) => void) => void
  readonly close: () => Promise<void>
}

export type UdpOptions = {
  /** IP literal to bind. */
  readonly address: string
  /** 0 or absent: any free port. */
  readonly port?: number
  /** Refuse any destination outside of loopback. */
  readonly loopbackOnly?: boolean
}

/** Our own mistake: an embedded party was about to send outside of this host. */
export class LoopbackOnlyError extends Error {
  override readonly name = 'LoopbackOnlyError'
}

/** The kernel's default of 208 KiB loses datagrams under load; it caps this where it must. */
const receiveBufferBytes = 4 * 1024 * 1024

/** Answers at once and asks no one: we send to IP literals only. */
const literalOnly = (
  host: string,
  family: number,
  done: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void => {
  const mistake = isIP(host) === family ? null : new Error(`${host} is not an IPv${family} address`)
  done(mistake, host, family)
}

/** Binds a UDP socket, IPv4 or IPv6 as the address is; rejects where that fails. */
export const openUdp = (options: UdpOptions): Promise<UdpSocket> =>
  new Promise((resolve, reject) => {
    const family = isIP(options.address) === 6 ? 6 : 4
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      // The types know only the callback form of dns.lookup; dgram calls it with the family as a number.
      lookup: literalOnly as never,
    })
    let closed = false
    const errorListeners: ((error: Error) => void)[] = []
    const report = (error: Error | null): void => {
      if (error !== null && !closed) for (const listener of errorListeners) listener(error)
    }
    const send = (bytes: Uint8Array, to: Endpoint): void => {
      if (closed) return
      if (options.loopbackOnly === true && scopeOf(to.address) !== 'loopback')
        throw new LoopbackOnlyError(`refused to send to ${showEndpoint(to)}: this socket is for loopback only`)
      if (to.port > 0 && to.port < 65536) socket.send(bytes, to.port, to.address, report)
      else report(new Error(`no datagram goes to port ${to.port}`))
    }
    const close = (): Promise<void> =>
      new Promise((done) => {
        if (!closed) socket.close(done)
        else done()
        closed = true
      })
    const refused = (error: Error): void => {
      socket.close() // it holds a handle, bound or not
      reject(error)
    }
    socket.once('error', refused)
    socket.bind({ address: options.address, port: options.port ?? 0, exclusive: true }, () => {
      socket.off('error', refused)
      socket.on('error', report)
      try {
        socket.setRecvBufferSize(receiveBufferBytes)
      } catch {
        // A kernel that refuses the size keeps its default; nothing else depends on it.
      }
      const { address, port } = socket.address()
      resolve({
        transport: 'udp',
        local: { address, port },
        send,
        onDatagram: (fn) =>
          void socket.on('message', (data, from) =>
            fn(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), {
              address: from.address,
              port: from.port,
            }),
          ),
        onError: (fn) => void errorListeners.push(fn),
        close,
      })
    })
  })

import { type Endpoint, showEndpoint } from '../../src/core/frame.ts'
import type { Clock } from '../../src/core/world.ts'
import type { UdpSocket } from '../../src/net/udp.ts'

/** A link in memory: datagrams arrive after `delayMs` of its clock, unless `loses` says otherwise. */
export type MemoryLink = {
  readonly open: (address: string, port: number) => UdpSocket & { readonly fail: (error: Error) => void }
  loses: (bytes: Uint8Array, from: Endpoint, to: Endpoint) => boolean
}

type Listener = (bytes: Uint8Array, from: Endpoint) => void

export const createMemoryLink = (clock: Clock, delayMs = 0): MemoryLink => {
  const listeners = new Map<string, Listener[]>()
  const link: MemoryLink = {
    loses: () => false,
    open: (address, port) => {
      const local = { address, port }
      const heard: Listener[] = []
      const errors: ((error: Error) => void)[] = []
      listeners.set(showEndpoint(local), heard)
      return {
        transport: 'udp',
        local,
        send: (bytes, to) => {
          if (link.loses(bytes, local, to)) return
          clock.after(delayMs, () => {
            for (const listener of listeners.get(showEndpoint(to)) ?? []) listener(bytes, local)
          })
        },
        onDatagram: (fn) => void heard.push(fn),
        onError: (fn) => void errors.push(fn),
        fail: (error) => {
          for (const fn of errors) fn(error)
        },
        close: () => {
          listeners.delete(showEndpoint(local))
          return Promise.resolve()
        },
      }
    },
  }
  return link
}

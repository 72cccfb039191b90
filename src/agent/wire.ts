import { normalizeAddress } from '../core/address.ts'
import type { Endpoint } from '../core/frame.ts'
import { type Fault, fault } from '../core/result.ts'
import type { Clock } from '../core/world.ts'
import type { UdpSocket } from '../net/udp.ts'
import type { Request, Response } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import { viasOf } from '../sip/fields/via.ts'
import { sentBy } from '../transaction/key.ts'
import type { Received, Recorder, WireBend } from './user-agent.ts'

/** Where one of our sockets is, and what it calls itself in Via and Contact. */
export type Edge = {
  readonly local: Endpoint
  /** Without brackets. */
  readonly host: string
  readonly port: number
}

export type WireOptions = {
  readonly clock: Clock
  readonly sockets: readonly UdpSocket[]
  readonly advertise: string | undefined
  readonly record: Recorder | undefined
  readonly outgoing: WireBend | undefined
  readonly onRequest: (received: Received<Request>, edge: number) => void
  readonly onResponse: (received: Received<Response>) => void
  readonly onMalformed: (fault: Fault, frame: number, source: Endpoint) => void
  /** A datagram could not leave; `destination` where the system says which. */
  readonly onUnreachable: (destination: Endpoint, reason: string) => void
}

/** Datagrams with messages in them: everything that crosses is recorded, and has a cause where it is ours. */
export type Wire = {
  readonly edges: readonly Edge[]
  /** `edge` counts from 0. Bends apply. */
  readonly send: (edge: number, bytes: Uint8Array, destination: Endpoint, cause: string) => void
  /** As it is: no bend. */
  readonly raw: (edge: number, bytes: Uint8Array, destination: Endpoint, cause: string) => void
  readonly close: () => Promise<void>
}

const bare = (host: string): string => normalizeAddress(host.startsWith('[') ? host.slice(1, -1) : host)

/** `192.0.2.1`, `192.0.2.1:5070`, `[2001:db8::1]:5070`, `2001:db8::1`, `pbx.example.net`. */
const splitHostPort = (text: string): { readonly host: string; readonly port: number | undefined } => {
  const colon = text.lastIndexOf(':')
  const portFollows = colon > 0 && (text.indexOf(':') === colon || text[colon - 1] === ']')
  if (!portFollows) return { host: bare(text), port: undefined }
  return { host: bare(text.slice(0, colon)), port: Number(text.slice(colon + 1)) }
}

const edgeOf = ({ local }: UdpSocket, index: number, advertise: string | undefined): Edge => {
  if (advertise === undefined) return { local, host: bare(local.address), port: local.port }
  const { host, port } = splitHostPort(advertise)
  return { local, host, port: index === 0 && port !== undefined ? port : local.port }
}

/** RFC 5626 §3.5.1 and the habit before it: CR LF keeps a binding open, and is no message. */
const isKeepAlive = (bytes: Uint8Array): boolean =>
  bytes.length <= 4 && bytes.every((byte) => byte === 0 || byte === 10 || byte === 13)

const failedTo = (error: Error): Endpoint | undefined =>
  'address' in error && typeof error.address === 'string' && 'port' in error && typeof error.port === 'number'
    ? { address: error.address, port: error.port }
    : undefined

export const createWire = (options: WireOptions): Wire => {
  const { clock, sockets, record, outgoing } = options
  const edges = sockets.map((socket, index) => edgeOf(socket, index, options.advertise))

  const raw: Wire['raw'] = (edge, bytes, destination, cause) => {
    const socket = sockets[edge]
    if (socket === undefined) throw new RangeError(`no edge ${edge + 1}: this user agent has ${sockets.length}`)
    record?.({ tap: 'sent', layer: 'datagram', source: socket.local, destination, bytes }, cause)
    socket.send(bytes, destination)
  }

  const bent = (bytes: Uint8Array): readonly Uint8Array[] => {
    if (outgoing === undefined) return [bytes]
    const message = parseMessage(bytes)
    return message.ok ? outgoing(message.value).map(({ wire }) => wire) : [bytes]
  }

  const send: Wire['send'] = (edge, bytes, destination, cause) => {
    for (const each of bent(bytes)) raw(edge, each, destination, cause)
  }

  const isOurs = (response: Response): boolean => {
    const vias = viasOf(response)
    const top = vias.ok ? vias.value[0] : undefined
    return vias.ok && vias.value.length === 1 && top !== undefined && edges.some((edge) => sentBy(edge) === sentBy(top))
  }

  const receive = (edge: number, local: Endpoint, bytes: Uint8Array, source: Endpoint): void => {
    const frame = record?.({ tap: 'received', layer: 'datagram', source, destination: local, bytes })
    if (isKeepAlive(bytes)) return
    const number = frame?.number ?? 0
    const parsed = parseMessage(bytes)
    if (!parsed.ok) {
      options.onMalformed(parsed.fault, number, source)
      return
    }
    const message = parsed.value
    const at = { frame: number, timeMs: frame?.timeMs ?? clock.nowMs(), source, local }
    if (message.kind === 'request') options.onRequest({ message, ...at }, edge)
    // RFC 3261 §8.1.3.3 (more than one Via) and §18.1.2 (a sent-by that is not ours): discarded. We say so all the same.
    else if (isOurs(message)) options.onResponse({ message, ...at })
    else options.onMalformed(strayVia(message), number, source)
  }

  for (const [index, socket] of sockets.entries()) {
    socket.onDatagram((bytes, source) => receive(index, socket.local, bytes, source))
    socket.onError((error) => {
      const destination = failedTo(error)
      if (destination !== undefined) options.onUnreachable(destination, error.message)
    })
  }

  return { edges, send, raw, close: async () => void (await Promise.all(sockets.map((socket) => socket.close()))) }
}

const strayVia = (response: Response): Fault => {
  const value = response.fields.filter(({ name }) => name === 'Via').map((field) => field.value)
  return fault('via.not-ours', '3261 §18.1.2', value.join(', ')).fault
}

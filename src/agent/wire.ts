import { normalizeAddress } from '../core/address.ts'
import type { Destination, Endpoint, Transport } from '../core/frame.ts'
import { type Fault, fault } from '../core/result.ts'
import type { Clock } from '../core/world.ts'
import type { SipSocket } from '../net/sip-socket.ts'
import type { Request, Response } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import { viasOf } from '../sip/fields/via.ts'
import { param } from '../sip/uri.ts'
import { sentBy } from '../transaction/key.ts'
import type { Carrier, CarrierListener } from './carrier.ts'
import { carryDatagrams } from './datagrams.ts'
import { carryStreams } from './streams.ts'
import type { Received, Recorder, WireBend } from './user-agent.ts'

/** Where one of our sockets is, and what it calls itself in Via and Contact. */
export type Edge = {
  readonly transport: Transport
  readonly local: Endpoint
  /** Without brackets. */
  readonly host: string
  readonly port: number
}

export type WireOptions = {
  readonly clock: Clock
  readonly sockets: readonly SipSocket[]
  readonly advertise: string | undefined
  readonly record: Recorder | undefined
  readonly outgoing: WireBend | undefined
  readonly onRequest: (received: Received<Request>, edge: number) => void
  readonly onResponse: (received: Received<Response>) => void
  readonly onMalformed: (fault: Fault, frame: number, source: Endpoint) => void
  /** Nothing could leave for that destination. */
  readonly onUnreachable: (destination: Endpoint, reason: string) => void
}

/** Messages on their way: everything that crosses is recorded, and has a cause where it is ours. */
export type Wire = {
  readonly edges: readonly Edge[]
  /** `edge` counts from 0. Bends apply. */
  readonly send: (edge: number, bytes: Uint8Array, destination: Destination, cause: string) => void
  /** As it is: no bend. */
  readonly raw: (edge: number, bytes: Uint8Array, destination: Destination, cause: string) => void
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

const edgeOf = ({ local, transport }: SipSocket, index: number, advertise: string | undefined): Edge => {
  if (advertise === undefined) return { transport, local, host: bare(local.address), port: local.port }
  const { host, port } = splitHostPort(advertise)
  return { transport, local, host, port: index === 0 && port !== undefined ? port : local.port }
}

export const createWire = (options: WireOptions): Wire => {
  const { clock, sockets, record, outgoing, onMalformed, onUnreachable } = options
  const edges = sockets.map((socket, index) => edgeOf(socket, index, options.advertise))

  const bent = (bytes: Uint8Array): readonly Uint8Array[] => {
    if (outgoing === undefined) return [bytes]
    const message = parseMessage(bytes)
    return message.ok ? outgoing(message.value).map(({ wire }) => wire) : [bytes]
  }

  const isOurs = (response: Response): boolean => {
    const vias = viasOf(response)
    const top = vias.ok ? vias.value[0] : undefined
    return vias.ok && vias.value.length === 1 && top !== undefined && edges.some((edge) => sentBy(edge) === sentBy(top))
  }

  /** RFC 5923 §5: the other side reads requests to its sent-by on the connection that it opened, too. */
  const learnAlias = (carrier: Carrier, request: Request, source: Endpoint): void => {
    const vias = viasOf(request)
    const top = vias.ok ? vias.value[0] : undefined
    if (top !== undefined && param(top.params, 'alias') !== undefined)
      carrier.alias({ address: source.address, port: top.port ?? 5060 }, source)
  }

  const onMessage =
    (edge: number): CarrierListener['onMessage'] =>
    (bytes, frame, source, local) => {
      const number = frame?.number ?? 0
      const parsed = parseMessage(bytes)
      if (!parsed.ok) {
        onMalformed(parsed.fault, number, source)
        return
      }
      const message = parsed.value
      const at = { frame: number, timeMs: frame?.timeMs ?? clock.nowMs(), source, local }
      if (message.kind === 'request') {
        const carrier = carriers[edge]
        if (carrier?.transport === 'tcp') learnAlias(carrier, message, source)
        options.onRequest({ message, ...at }, edge)
      }
      // RFC 3261 §8.1.3.3 (more than one Via) and §18.1.2 (a sent-by that is not ours): discarded. We say so all the same.
      else if (isOurs(message)) options.onResponse({ message, ...at })
      else onMalformed(strayVia(message), number, source)
    }

  const carriers = sockets.map((socket, edge): Carrier => {
    const listener = { record, onMessage: onMessage(edge), onMalformed, onUnreachable }
    return socket.transport === 'udp' ? carryDatagrams(socket, listener) : carryStreams(socket, listener)
  })

  const raw: Wire['raw'] = (edge, bytes, destination, cause) => {
    const carrier = carriers[edge]
    if (carrier === undefined) throw new RangeError(`no edge ${edge + 1}: this user agent has ${sockets.length}`)
    carrier.send(bytes, destination, cause)
  }

  return {
    edges,
    raw,
    send: (edge, bytes, destination, cause) => {
      for (const each of bent(bytes)) raw(edge, each, destination, cause)
    },
    close: async () => void (await Promise.all(carriers.map((carrier) => carrier.close()))),
  }
}

const strayVia = (response: Response): Fault => {
  const value = response.fields.filter(({ name }) => name === 'Via').map((field) => field.value)
  return fault('via.not-ours', '3261 §18.1.2', value.join(', ')).fault
}

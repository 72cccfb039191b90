import type { Draft } from '../core/frame.ts'
import { fault } from '../core/result.ts'
import type { TcpConnection, TcpSocket } from '../net/tcp.ts'
import { type StreamEvent, type StreamFramer, createStreamFramer } from '../sip/stream.ts'
import type { Carrier, CarrierListener } from './carrier.ts'
import type { Recorder } from './user-agent.ts'

/** What one packet of the capture holds of a stream, for sure. */
const segmentBytes = 32_768

const pong = new TextEncoder().encode('\r\n')
/** RFC 5626 §4.4.1: a ping is CR LF twice, which may come in two segments. */
const pingBytes = 4

/** More that is no message, in all, comes from no trunk: a stream may never end. */
const mostForeignBytes = 1024 * 1024

/** `emptyBytes`: of empty lines since the last message or ping. `foreignBytes`: of no message. */
type Incoming = { readonly framer: StreamFramer; emptyBytes: number; foreignBytes: number }

const crossing = (
  { local, remote }: TcpConnection,
  tap: 'sent' | 'received',
  bytes: Uint8Array,
  ends?: 'fin' | 'reset',
): Draft => ({
  tap,
  layer: 'tcp',
  source: tap === 'sent' ? local : remote,
  destination: tap === 'sent' ? remote : local,
  bytes,
  stream: { gap: false, ...(ends === undefined ? {} : { ends }) },
})

/** Messages in TCP connections, cut out by Content-Length (RFC 3261 §18.3). */
export const carryStreams = (
  socket: TcpSocket,
  { record, onMessage, onMalformed, onUnreachable }: CarrierListener,
): Carrier => {
  const incoming = new Map<TcpConnection, Incoming>()

  const incomingOf = (connection: TcpConnection): Incoming => {
    const known = incoming.get(connection)
    if (known !== undefined) return known
    const begun = { framer: createStreamFramer(), emptyBytes: 0, foreignBytes: 0 }
    incoming.set(connection, begun)
    return begun
  }

  const recordSent = (connection: TcpConnection, bytes: Uint8Array, cause: string): void => {
    for (let at = 0; at < bytes.length; at += segmentBytes)
      record?.(crossing(connection, 'sent', bytes.subarray(at, at + segmentBytes)), cause)
  }

  const answerPing = (from: Incoming, { remote }: TcpConnection, bytes: number): void => {
    from.emptyBytes += bytes
    if (from.emptyBytes < pingBytes) return
    from.emptyBytes = 0
    socket.send(pong, { ...remote, over: remote }, (on) => recordSent(on, pong, 'duty: pong'))
  }

  const take = (
    from: Incoming,
    connection: TcpConnection,
    event: StreamEvent,
    frame: ReturnType<Recorder> | undefined,
  ): void => {
    const { remote, local } = connection
    if (event.type !== 'message') from.foreignBytes += event.bytes
    if (event.type === 'keep-alive') {
      answerPing(from, connection, event.bytes)
      return
    }
    from.emptyBytes = 0
    if (event.type === 'message') onMessage(event.wire, frame, remote, local)
    else
      onMalformed(
        fault('stream.no-message', '3261 §18.3', `${event.bytes} bytes: ${event.reason}`).fault,
        frame?.number ?? 0,
        remote,
      )
  }

  socket.onBytes((bytes, connection) => {
    const from = incomingOf(connection)
    for (let at = 0; at < bytes.length; at += segmentBytes) {
      const part = bytes.subarray(at, at + segmentBytes)
      const frame = record?.(crossing(connection, 'received', part))
      for (const event of from.framer.push(part, frame?.number ?? 0)) take(from, connection, event, frame)
      if (from.foreignBytes <= mostForeignBytes) continue
      socket.drop(connection.remote)
      return
    }
  })
  socket.onEnd((connection, { how, byPeer }) => {
    const frame = record?.(
      crossing(connection, byPeer ? 'received' : 'sent', new Uint8Array(0), how),
      ...(byPeer ? [] : [how === 'fin' ? 'duty: close' : 'duty: reset of what is no SIP']),
    )
    const from = incoming.get(connection)
    incoming.delete(connection)
    if (from !== undefined) for (const event of from.framer.cut()) take(from, connection, event, frame)
  })
  socket.onError((error, destination) => onUnreachable(destination, error.message))

  return {
    transport: 'tcp',
    local: socket.local,
    send: (bytes, destination, cause) =>
      socket.send(bytes, destination, (connection) => recordSent(connection, bytes, cause)),
    alias: socket.alias,
    close: socket.close,
  }
}

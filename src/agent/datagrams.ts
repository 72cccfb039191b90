import type { Endpoint } from '../core/frame.ts'
import type { UdpSocket } from '../net/udp.ts'
import type { Carrier, CarrierListener } from './carrier.ts'

/** RFC 5626 §3.5.1 and the habit before it: CR LF keeps a binding open, and is no message. */
const isKeepAlive = (bytes: Uint8Array): boolean =>
  bytes.length <= 4 && bytes.every((byte) => byte === 0 || byte === 10 || byte === 13)

const failedTo = (error: Error): Endpoint | undefined =>
  'address' in error && typeof error.address === 'string' && 'port' in error && typeof error.port === 'number'
    ? { address: error.address, port: error.port }
    : undefined

/** A message a datagram. */
export const carryDatagrams = (socket: UdpSocket, { record, onMessage, onUnreachable }: CarrierListener): Carrier => {
  const { local } = socket
  socket.onDatagram((bytes, source) => {
    const frame = record?.({ tap: 'received', layer: 'datagram', source, destination: local, bytes })
    if (!isKeepAlive(bytes)) onMessage(bytes, frame, source, local)
  })
  socket.onError((error) => {
    const destination = failedTo(error)
    if (destination !== undefined) onUnreachable(destination, error.message)
  })
  return {
    transport: 'udp',
    local,
    send: (bytes, { address, port }, cause) => {
      const destination = { address, port }
      record?.({ tap: 'sent', layer: 'datagram', source: local, destination, bytes }, cause)
      socket.send(bytes, destination)
    },
    alias: () => undefined,
    close: socket.close,
  }
}

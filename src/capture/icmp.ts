import type { Endpoint } from '../core/frame.ts'
import { viewOf } from './blocks.ts'
import { familyOf, internetChecksum, pseudoHeader, writePacket } from './ip.ts'

/**
 * The ICMP "port unreachable" message (RFC 792; RFC 4443 §3.1) by which the host of `destination` answers a UDP datagram
 * that no one listens for: from its type octet on, with its checksum. A socket tells us only that it came.
 */
export const portUnreachable = (source: Endpoint, destination: Endpoint, bytes: Uint8Array): Uint8Array => {
  const [from, to] = familyOf(source.address, destination.address)
  const isIpv4 = from.length === 4
  // RFC 792 asks for 64 bits of the datagram, RFC 4443 for as much as fits; the UDP header is enough for both.
  const quoted = writePacket({ layer: 'datagram', source, destination, bytes }).subarray(0, (isIpv4 ? 20 : 40) + 8)
  const message = new Uint8Array(8 + quoted.length)
  message.set(isIpv4 ? [3, 3] : [1, 4])
  message.set(quoted, 8)
  const covered = isIpv4 ? [message] : [pseudoHeader(to, from, 58, message.length), message]
  viewOf(message).setUint16(2, internetChecksum(covered))
  return message
}

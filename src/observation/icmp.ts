import type { Endpoint, Frame } from '../core/frame.ts'
import { normalizeAddress } from '../core/address.ts'
import type { NetworkError } from './trace.ts'

const unreachable = ['network', 'host', 'protocol', 'port'] as const

/** `undefined` for what is no error, an echo for one (RFC 792, RFC 1122 §3.2.2.1; RFC 4443 §2.1). */
const errorText = (type: number, code: number, isV6: boolean): string | undefined => {
  if (!isV6 && type === 3 && code < 4) return `${unreachable[code] ?? ''} unreachable`
  if (isV6 && type === 1 && code === 4) return 'port unreachable'
  if (type === (isV6 ? 1 : 3)) return `destination unreachable, code ${code}`
  if (type === (isV6 ? 3 : 11)) return 'time exceeded'
  return (isV6 ? type < 128 : [4, 5, 12].includes(type)) ? `ICMP error ${type}, code ${code}` : undefined
}

/** Where the datagram that an ICMP error quotes was going, behind the eight octets of the ICMP header. */
const quotedDestination = (bytes: Uint8Array): Endpoint | undefined => {
  const quoted = bytes.subarray(8)
  const version = (quoted[0] ?? 0) >> 4
  const headerLength = version === 4 ? ((quoted[0] ?? 0) & 0x0f) * 4 : 40
  if ((version !== 4 && version !== 6) || quoted.length < headerLength + 4) return undefined
  const view = new DataView(quoted.buffer, quoted.byteOffset, quoted.byteLength)
  const port = view.getUint16(headerLength + 2)
  if (version === 4) return { address: quoted.subarray(16, 20).join('.'), port }
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(24 + index * 2).toString(16))
  return { address: normalizeAddress(groups.join(':')), port }
}

/** The error that an ICMP message tells of; `undefined` where it tells of none. */
export const networkErrorOf = ({ number, timeMs, bytes, source, made }: Frame): NetworkError | undefined => {
  const [type = 0, code = 0] = bytes
  const text = errorText(type, code, source.address.includes(':'))
  if (text === undefined) return undefined
  const destination = quotedDestination(bytes) ?? source
  const unbound = { source: undefined, message: undefined, call: undefined, stream: undefined }
  return { frame: number, timeMs, destination, text, made, ...unbound }
}

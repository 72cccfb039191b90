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

type Quoted = { readonly source: Endpoint; readonly destination: Endpoint }

/** From and to where the datagram that an ICMP error quotes was going, behind the eight octets of the ICMP header. */
const quotedIn = (bytes: Uint8Array): Quoted | undefined => {
  const quoted = bytes.subarray(8)
  const version = (quoted[0] ?? 0) >> 4
  const headerLength = version === 4 ? ((quoted[0] ?? 0) & 0x0f) * 4 : 40
  if ((version !== 4 && version !== 6) || quoted.length < headerLength + 4) return undefined
  const view = new DataView(quoted.buffer, quoted.byteOffset, quoted.byteLength)
  const [sourceAt, destinationAt] = version === 4 ? [12, 16] : [8, 24]
  const addressAt = (at: number): string => {
    if (version === 4) return quoted.subarray(at, at + 4).join('.')
    const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2).toString(16))
    return normalizeAddress(groups.join(':'))
  }
  return {
    source: { address: addressAt(sourceAt), port: view.getUint16(headerLength) },
    destination: { address: addressAt(destinationAt), port: view.getUint16(headerLength + 2) },
  }
}

/** What an ICMP error tells by itself. */
export type Refusal = Omit<NetworkError, 'message' | 'call' | 'stream'>

/** The error that an ICMP message tells of; `undefined` where it tells of none. */
export const refusalOf = ({ number, timeMs, bytes, source, made }: Frame): Refusal | undefined => {
  const [type = 0, code = 0] = bytes
  const text = errorText(type, code, source.address.includes(':'))
  if (text === undefined) return undefined
  const quoted = quotedIn(bytes)
  return {
    frame: number,
    timeMs,
    source: quoted?.source,
    destination: quoted?.destination ?? { ...source },
    text,
    made,
  }
}

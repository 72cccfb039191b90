import { isIpLiteral, normalizeAddress } from '../core/address.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { PortRange } from '../profile/profile.ts'
import { isSipUri, parseUri, showHost } from '../sip/uri.ts'

/** The words of the command line as values; `undefined` where one is wrong. */

const portOf = (text: string): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined

/** `10.0.0.9`, `10.0.0.9:5060`, `[::1]:5060`, `::1`. */
export const parseBind = (text: string): Endpoint | undefined => {
  if (isIpLiteral(text)) return { address: normalizeAddress(text), port: 0 }
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, Math.max(0, colon))
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const port = portOf(text.slice(colon + 1))
  return isIpLiteral(address) && port !== undefined ? { address: normalizeAddress(address), port } : undefined
}

/** `20000-20100`: an even port for RTP and the next one for RTCP must fit (RFC 3550 §11). */
export const parsePorts = (text: string): PortRange | undefined => {
  const [low = '', high = '', ...more] = text.split('-')
  const [first, last] = [portOf(low), portOf(high)]
  return more.length === 0 && first !== undefined && last !== undefined && first > 0 && last > first + (first % 2)
    ? { first, last }
    : undefined
}

/** What is spoken. */
export const transports: readonly Transport[] = ['udp', 'tcp']

/** `udp`, `tcp` or both in the order that they are to be tried. */
export const parseTransports = (text: string): readonly Transport[] | undefined => {
  const words = text.split(',').map((word) => transports.find((transport) => transport === word))
  const known = words.filter((word) => word !== undefined)
  return known.length === words.length && new Set(known).size === words.length ? known : undefined
}

/** `host=address`, of each host one. */
export const parseResolve = (texts: readonly string[]): ReadonlyMap<string, string> | undefined => {
  const pairs = texts.map((text) => text.split('='))
  const right = pairs.every(
    ([host = '', address = '', ...more]) => host !== '' && isIpLiteral(address) && more.length === 0,
  )
  return right ? new Map(pairs.map(([host = '', address = '']) => [host.toLowerCase(), address])) : undefined
}

/** A host alone, as it stands in a URI. */
export const isHost = (text: string): boolean => {
  const uri = parseUri(`sip:${showHost(text)}`)
  return (
    uri.ok && isSipUri(uri.value) && uri.value.host.toLowerCase() === text.toLowerCase() && uri.value.port === undefined
  )
}

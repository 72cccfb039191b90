import { isIpLiteral, normalizeAddress, scopeOf } from '../core/address.ts'
import type { Endpoint } from '../core/frame.ts'
import { isSipUri, parseUri } from '../sip/uri.ts'
import type { UserAgentOptions } from './user-agent.ts'

/** The endpoint that a URI names by an IP literal; port 5060 where it names none (RFC 3263 §4.2). */
export const literalOf = (uri: string): Endpoint | undefined => {
  const parsed = parseUri(uri)
  if (!parsed.ok || !isSipUri(parsed.value)) return undefined
  const { host, port } = parsed.value
  return isIpLiteral(host) ? { address: normalizeAddress(host), port: port ?? 5060 } : undefined
}

/** Where a request in a dialog goes; `source` is where the peer's messages come from. */
export const nextHopOf = (uri: string, source: Endpoint, looseContact: UserAgentOptions['looseContact']): Endpoint => {
  const literal = literalOf(uri)
  if (literal !== undefined && scopeOf(literal.address) === scopeOf(source.address)) return literal
  return looseContact?.(uri, source) ?? literal ?? source
}

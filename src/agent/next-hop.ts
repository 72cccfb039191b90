import { isIpLiteral, normalizeAddress, scopeOf } from '../core/address.ts'
import type { Endpoint } from '../core/frame.ts'
import { isSipUri, parseUri } from '../sip/uri.ts'
import { parseNameAddr } from '../sip/fields/address.ts'
import type { Dialog } from '../dialog/dialog.ts'
import type { UserAgentOptions } from './user-agent.ts'
import type { Edge } from './wire.ts'

/** The endpoint that a URI names by an IP literal; port 5060 where it names none (RFC 3263 §4.2). */
export const literalOf = (uri: string): Endpoint | undefined => {
  const parsed = parseUri(uri)
  if (!parsed.ok || !isSipUri(parsed.value)) return undefined
  const { host, port } = parsed.value
  return isIpLiteral(host) ? { address: normalizeAddress(host), port: port ?? 5060 } : undefined
}

/**
 * A dialog as it is beyond our own edges: one that recorded itself in the route (a proxy of the party that we play) takes
 * itself off and sends, as RFC 3261 §16.4 has it.
 */
export const pastOwnEdges = (
  dialog: Dialog,
  edge: number,
  edges: readonly Edge[],
): { readonly beyond: Dialog; readonly edge: number } => {
  const [first = '', ...rest] = dialog.routeSet
  const address = parseNameAddr(first)
  const hop = address.ok ? literalOf(address.value.uri) : undefined
  const own =
    hop === undefined
      ? -1
      : edges.findIndex(
          ({ local, host, port }) => hop.port === port && (hop.address === host || hop.address === local.address),
        )
  return own < 0 ? { beyond: dialog, edge } : pastOwnEdges({ ...dialog, routeSet: rest }, own, edges)
}

/** Where a request in a dialog goes; `source` is where the peer's messages come from. */
export const nextHopOf = (uri: string, source: Endpoint, looseContact: UserAgentOptions['looseContact']): Endpoint => {
  const literal = literalOf(uri)
  if (literal !== undefined && scopeOf(literal.address) === scopeOf(source.address)) return literal
  return looseContact?.(uri, source) ?? literal ?? source
}

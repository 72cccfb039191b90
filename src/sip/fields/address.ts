import { type Result, fault, ok } from '../../core/result.ts'
import { splitCommas } from '../commas.ts'
import { type Param, param, parseParams, quoted, serializeParams, unquoted } from '../params.ts'

/** name-addr or addr-spec with header parameters (RFC 3261 §20.10, §25.1). `uri` is the raw addr-spec. */
export type NameAddr = { readonly displayName?: string; readonly uri: string; readonly params: readonly Param[] }

const openingAngle = (text: string): number => {
  let inQuotes = false
  for (let at = 0; at < text.length; at += 1) {
    if (inQuotes && text[at] === '\\') at += 1
    else if (text[at] === '"') inQuotes = !inQuotes
    else if (text[at] === '<' && !inQuotes) return at
  }
  return inQuotes ? -2 : -1
}

export const parseNameAddr = (text: string): Result<NameAddr> => {
  const open = openingAngle(text)
  if (open === -2) return fault('name-addr.quote', '3261 §25.1', text)
  if (open === -1) {
    // §20: without angle brackets all parameters belong to the field, not to the URI.
    const semicolon = text.indexOf(';')
    const uri = (semicolon < 0 ? text : text.slice(0, semicolon)).trim()
    const params = parseParams(semicolon < 0 ? '' : text.slice(semicolon), Math.max(0, semicolon))
    if (!params.ok) return params
    if (uri === '' || uri.includes(' ') || uri.includes(',') || uri.includes('?'))
      return fault('addr-spec.syntax', '3261 §20.10', uri)
    return ok({ uri, params: params.value })
  }
  const close = text.indexOf('>', open)
  if (close < 0) return fault('name-addr.angle', '3261 §25.1', text, open)
  const display = text.slice(0, open).trim()
  const params = parseParams(text.slice(close + 1), close + 1)
  if (!params.ok) return params
  const uri = text.slice(open + 1, close).trim()
  if (uri === '') return fault('name-addr.empty', '3261 §25.1', text, open)
  return ok({ ...(display === '' ? {} : { displayName: unquoted(display) }), uri, params: params.value })
}

/** Comma lists: Contact, Route, Record-Route. */
export const parseAddressList = (text: string): Result<readonly NameAddr[]> => {
  const addresses: NameAddr[] = []
  for (const part of splitCommas(text)) {
    const address = parseNameAddr(part)
    if (!address.ok) return address
    addresses.push(address.value)
  }
  return ok(addresses)
}

export const serializeNameAddr = ({ displayName, uri, params }: NameAddr): string =>
  `${displayName === undefined ? '' : `${quoted(displayName)} `}<${uri}>${serializeParams(params)}`

export const tagOf = ({ params }: NameAddr): string | undefined => {
  const tag = param(params, 'tag')
  return tag === true ? undefined : tag
}

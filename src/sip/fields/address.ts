import { type Result, fault, ok } from '../../core/result.ts'
import { type Chars, endOf, endOfQuoted, isSpace, skipSpace, tokenChars, trimmed, uriChars } from '../chars.ts'
import { commaParts } from '../commas.ts'
import { type Param, param, parseParams, quoted, serializeParams, unquoted } from '../params.ts'
import type { Writable } from '../writable.ts'

/**
 * name-addr or addr-spec with header parameters (RFC 3261 §20.10, §25.1). `uri` is the raw addr-spec, `displayName` is
 * without its quotes and escapes.
 */
export type NameAddr = { readonly displayName?: string; readonly uri: string; readonly params: readonly Param[] }

/** Words of an unquoted display name; bytes above 0x7F are no token, but name people all the same. */
const wordChars: Chars = tokenChars.map((isToken, code) => isToken || isSpace(code) || code > 0x7f)

/** §20: without angle brackets no comma, question mark or semicolon is part of the URI; parameters are the field's. */
const parseBare = (text: string): Result<NameAddr> => {
  const semicolon = text.indexOf(';')
  const end = semicolon < 0 ? text.length : semicolon
  const uri = trimmed(text.slice(0, end))
  const bad = uri.search(/[,?]/)
  if (uri === '' || bad >= 0 || endOf(uri, 0, uriChars) < uri.length || uri.indexOf(':') <= 0)
    return fault('addr-spec.syntax', '3261 §20.10', text, Math.max(0, bad))
  const params = parseParams(text.slice(end), end)
  return params.ok ? ok({ uri, params: params.value }) : params
}

/** One address of From, To, Contact, Route and their like. */
export const parseNameAddr = (text: string): Result<NameAddr> => {
  const from = skipSpace(text, 0)
  const isQuoted = text[from] === '"'
  const nameEnd = isQuoted ? endOfQuoted(text, from) : endOf(text, 0, wordChars)
  if (nameEnd < 0) return fault('name-addr.quote', '3261 §25.1', text, from)
  const open = skipSpace(text, nameEnd)
  if (text[open] !== '<') {
    if (isQuoted || text.includes('<')) return fault('name-addr.display-name', '3261 §25.1', text, open)
    return parseBare(text)
  }
  const close = endOf(text, open + 1, uriChars)
  // A URI holds no white space (§25.1), so `< sip:a@b >` is none (RFC 4475 §3.1.2.14).
  if (text[close] !== '>') return fault('name-addr.angle', '3261 §25.1', text.slice(open), close)
  const uri = text.slice(open + 1, close)
  if (uri.indexOf(':') <= 0) return fault('name-addr.uri', '3261 §25.1', text, open + 1)
  const params = parseParams(text.slice(close + 1), close + 1)
  if (!params.ok) return params
  const name = trimmed(text.slice(from, nameEnd))
  const address: Writable<NameAddr> = { uri, params: params.value }
  if (name !== '') address.displayName = unquoted(name)
  return ok(address)
}

/** Comma lists: Contact, Route, Record-Route. */
export const parseAddressList = (text: string): Result<readonly NameAddr[]> => {
  const addresses: NameAddr[] = []
  for (const part of commaParts(text)) {
    const address = parseNameAddr(part)
    if (!address.ok) return address
    addresses.push(address.value)
  }
  return ok(addresses)
}

const isWords = (name: string): boolean =>
  name !== '' && trimmed(name) === name && endOf(name, 0, wordChars) === name.length

export const serializeNameAddr = ({ displayName, uri, params }: NameAddr): string => {
  const name = displayName === undefined ? '' : `${isWords(displayName) ? displayName : quoted(displayName)} `
  return `${name}<${uri}>${serializeParams(params)}`
}

export const tagOf = ({ params }: NameAddr): string | undefined => {
  const tag = param(params, 'tag')
  return tag === true ? undefined : tag
}

import { isIpLiteral, normalizeAddress } from '../core/address.ts'
import { type Result, fault, ok } from '../core/result.ts'
import {
  type Chars,
  endOf,
  endOfEscaped,
  hostChars,
  isDigits,
  passwordChars,
  schemeChars,
  uriChars,
  uriHeaderChars,
  uriParamChars,
  userChars,
} from './chars.ts'
import { limits } from './limits.ts'
import { type Param, param, serializeParams } from './params.ts'
import type { Writable } from './writable.ts'

export { param, type Param } from './params.ts'

/** A sip: or sips: URI (RFC 3261 §19.1). `host` has no brackets; user and parameters keep their escapes. */
export type SipUri = {
  readonly scheme: 'sip' | 'sips'
  readonly user?: string
  readonly password?: string
  readonly host: string
  readonly port?: number
  readonly params: readonly Param[]
  readonly headers: readonly Param[]
}
/** tel: (RFC 3966) and any other scheme: what follows the colon stays as it is. */
export type OtherUri = { readonly scheme: 'tel' | 'other'; readonly rest: string; readonly raw: string }

export const isSipUri = (uri: SipUri | OtherUri): uri is SipUri => uri.scheme === 'sip' || uri.scheme === 'sips'

/** §25.1 `hostname` or `IPv4address`. Tolerated: an underscore, and a last label that begins with a digit. */
const isHost = (text: string): boolean => {
  const end = text.endsWith('.') ? text.length - 1 : text.length
  if (end === 0 || end > 255 || endOf(text, 0, hostChars) < text.length) return false
  let label = 0
  for (let dot = text.indexOf('.'); dot >= 0 && dot < end; dot = text.indexOf('.', label)) {
    if (!isLabel(text, label, dot)) return false
    label = dot + 1
  }
  return isLabel(text, label, end) && (!isDigits(text.slice(label, end)) || isIpLiteral(text))
}

const isLabel = (text: string, from: number, to: number): boolean =>
  to > from && text[from] !== '-' && text[to - 1] !== '-'

/** The grammar of RFC 3261 lets a third colon stand before an IPv4 address: tolerated, and left out (RFC 5118 §4.10). */
const bareReference = (text: string): string => (text.includes('.') ? text.replace(':::', '::') : text)

/** `[2001:db8::1]:5060`, `192.0.2.1`, `example.com:5060`: the brackets go (§25.1 `hostport`, RFC 5118 §4). */
export const parseHostPort = (text: string, at: number): Result<{ readonly host: string; readonly port?: number }> => {
  const isReference = text.startsWith('[')
  const close = isReference ? text.indexOf(']') : text.indexOf(':') - 1
  const end = close < 0 ? text.length : close + 1
  const host = isReference ? bareReference(text.slice(1, close)) : text.slice(0, end)
  const isGood = isReference
    ? close > 0 && host.includes(':') && !host.includes('%') && isIpLiteral(host)
    : isHost(host)
  if (!isGood) return fault('uri.host', '3261 §25.1', text, at)
  if (end >= text.length) return ok({ host })
  const port = text.slice(end + 1)
  if (text[end] !== ':' || !isDigits(port) || Number(port) > 65_535)
    return fault('uri.port', '3261 §25.1', text, at + end)
  return ok({ host, port: Number(port) })
}

type Pairs = { readonly pairs: readonly Param[]; readonly end: number }

/** `name[=value]` with a separator between two; each begins behind one. `end` is where no separator follows. */
const readPairs = (text: string, from: number, separator: string, chars: Chars): Result<Pairs> => {
  const pairs: Param[] = []
  let at = from
  do {
    if (pairs.length === limits.params) return fault('uri.too-many', '3261 §25.1', `more than ${limits.params}`, at)
    const nameEnd = endOfEscaped(text, at, chars)
    if (nameEnd === at) return fault('uri.parameter', '3261 §25.1', text.slice(at), at)
    const name = text.slice(at, nameEnd)
    const valueEnd = text[nameEnd] === '=' ? endOfEscaped(text, nameEnd + 1, chars) : nameEnd
    pairs.push(valueEnd === nameEnd ? { name } : { name, value: text.slice(nameEnd + 1, valueEnd) })
    at = valueEnd + 1
  } while (text[at - 1] === separator)
  return ok({ pairs, end: at - 1 })
}

const none = (end: number): Result<Pairs> => ok({ pairs: [], end })

type User = { readonly user?: string; readonly password?: string }

/** A user may hold `;` and `?` (§25.1 `user-unreserved`), so it is read first, up to its `@`. */
const readUser = (text: string, from: number, ampersat: number): Result<User> => {
  const userEnd = endOfEscaped(text, from, userChars)
  if (userEnd === from) return fault('uri.user', '3261 §25.1', text, from)
  const user = text.slice(from, userEnd)
  if (userEnd === ampersat) return ok({ user })
  const end = text[userEnd] === ':' ? endOfEscaped(text, userEnd + 1, passwordChars) : userEnd
  if (end !== ampersat) return fault('uri.user', '3261 §25.1', text, end)
  return ok({ user, password: text.slice(userEnd + 1, end) })
}

const nobody = ok<User>({})

/** Where host and port end: at the first `;` or `?`. */
const hostPortEnd = (text: string, from: number): number => {
  let at = from
  while (at < text.length && text[at] !== ';' && text[at] !== '?') at += 1
  return at
}

const readSip = (text: string, scheme: 'sip' | 'sips'): Result<SipUri> => {
  const from = scheme.length + 1
  const ampersat = text.indexOf('@', from)
  const user = ampersat < 0 ? nobody : readUser(text, from, ampersat)
  if (!user.ok) return user
  const hostFrom = ampersat < 0 ? from : ampersat + 1
  const hostEnd = hostPortEnd(text, hostFrom)
  const hostPort = parseHostPort(text.slice(hostFrom, hostEnd), hostFrom)
  if (!hostPort.ok) return hostPort
  const params = text[hostEnd] === ';' ? readPairs(text, hostEnd + 1, ';', uriParamChars) : none(hostEnd)
  if (!params.ok) return params
  const { end } = params.value
  const headers = text[end] === '?' ? readPairs(text, end + 1, '&', uriHeaderChars) : none(end)
  if (!headers.ok) return headers
  if (headers.value.end < text.length) return fault('uri.syntax', '3261 §25.1', text, headers.value.end)
  const { host, port } = hostPort.value
  const uri: Writable<SipUri> = { scheme, host, params: params.value.pairs, headers: headers.value.pairs }
  const { user: name, password } = user.value
  if (name !== undefined) uri.user = name
  if (password !== undefined) uri.password = password
  if (port !== undefined) uri.port = port
  return ok(uri)
}

/** An addr-spec or absolute URI, without angle brackets (RFC 3261 §19.1.1, §25.1). */
export const parseUri = (text: string): Result<SipUri | OtherUri> => {
  const colon = text.indexOf(':')
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase()
  const isScheme = scheme >= 'a' && scheme < '{' && endOf(scheme, 0, schemeChars) === scheme.length
  if (!isScheme) return fault('uri.scheme', '3261 §25.1', text)
  if (scheme === 'sip' || scheme === 'sips') return readSip(text, scheme)
  const end = endOf(text, colon + 1, uriChars)
  if (end < text.length || end === colon + 1) return fault('uri.syntax', '3986 §2', text, end)
  return ok({ scheme: scheme === 'tel' ? 'tel' : 'other', rest: text.slice(colon + 1), raw: text })
}

/** `192.0.2.1`, `[2001:db8::1]`: a host as URIs and Via write it. */
export const showHost = (host: string): string => (host.includes(':') ? `[${host}]` : host)

export const serializeUri = (uri: SipUri | OtherUri): string => {
  if (!isSipUri(uri)) return uri.raw
  const userinfo = uri.user === undefined ? '' : `${uri.user}${uri.password === undefined ? '' : `:${uri.password}`}@`
  const port = uri.port === undefined ? '' : `:${uri.port}`
  const headers = uri.headers.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join('&')
  return `${uri.scheme}:${userinfo}${showHost(uri.host)}${port}${serializeParams(uri.params)}${headers === '' ? '' : `?${headers}`}`
}

/** RFC 2396 §2.2: an escape of one of these is another thing than the character itself. */
const reserved = ';/?:@&=+$,'

/** §19.1.4: any other character is the same as its escape; the digits of the escapes that stay, in one case. */
const normalized = (text: string): string =>
  text.replace(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return reserved.includes(character) || character === '%' ? escape.toUpperCase() : character
  })

const sameText = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined ? a === b : normalized(a) === normalized(b)

/** §19.1.4: these stand in both or in neither (transport by its examples); any other counts only where both have it. */
const decisive = ['user', 'ttl', 'method', 'maddr', 'transport']

/** Parameter names and values compare without case (§19.1.4). */
const comparable = (params: readonly Param[]): readonly Param[] =>
  params.map(({ name, value = '' }) => ({
    name: normalized(name).toLowerCase(),
    value: normalized(value).toLowerCase(),
  }))

const sameParams = (a: readonly Param[], b: readonly Param[]): boolean => {
  const [left, right] = [comparable(a), comparable(b)]
  return [...left, ...right].every(({ name }) => {
    const [x, y] = [param(left, name), param(right, name)]
    return x === undefined || y === undefined ? !decisive.includes(name) : x === y
  })
}

const headerKey = (headers: readonly Param[]): string =>
  JSON.stringify(headers.map(({ name, value = '' }) => [normalized(name).toLowerCase(), normalized(value)]).sort())

const sameHost = (a: string, b: string): boolean =>
  normalizeAddress(a).toLowerCase() === normalizeAddress(b).toLowerCase()

/** Whether two URIs are equivalent (RFC 3261 §19.1.4); other schemes are compared as they stand. */
export const sameUri = (a: SipUri | OtherUri, b: SipUri | OtherUri): boolean => {
  if (!isSipUri(a) || !isSipUri(b)) return serializeUri(a) === serializeUri(b)
  return (
    a.scheme === b.scheme &&
    sameText(a.user, b.user) &&
    sameText(a.password, b.password) &&
    sameHost(a.host, b.host) &&
    a.port === b.port &&
    sameParams(a.params, b.params) &&
    headerKey(a.headers) === headerKey(b.headers)
  )
}

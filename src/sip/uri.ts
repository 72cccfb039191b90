import { type Result, fault, ok } from '../core/result.ts'
import { isDigits, isHostName, isIpv6Text } from './chars.ts'
import { type Param, param, parseParams, serializeParams } from './params.ts'

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

const isUriName = (name: string): boolean => name.length > 0 && !name.includes(' ')

const parseHostPort = (text: string, at: number): Result<{ readonly host: string; readonly port?: number }> => {
  let host = text
  let port = ''
  if (text.startsWith('[')) {
    const close = text.indexOf(']')
    host = text.slice(1, Math.max(1, close))
    const rest = text.slice(close + 1)
    if (close < 0 || !isIpv6Text(host) || (rest !== '' && !rest.startsWith(':')))
      return fault('uri.host', '3261 §25.1', text, at)
    port = rest.slice(1)
    if (rest === ':') return fault('uri.port', '3261 §25.1', text, at)
  } else {
    const colon = text.indexOf(':')
    if (colon >= 0) {
      host = text.slice(0, colon)
      port = text.slice(colon + 1)
      if (port === '') return fault('uri.port', '3261 §25.1', text, at)
    }
    if (!isHostName(host)) return fault('uri.host', '3261 §25.1', host, at)
  }
  if (port === '') return ok({ host })
  if (!isDigits(port) || port.length > 5 || Number(port) > 65_535) return fault('uri.port', '3261 §25.1', port, at)
  return ok({ host, port: Number(port) })
}

export { parseHostPort }

const parseHeaders = (text: string): readonly Param[] =>
  text === ''
    ? []
    : text.split('&', 64).map((part) => {
        const equal = part.indexOf('=')
        return equal < 0 ? { name: part } : { name: part.slice(0, equal), value: part.slice(equal + 1) }
      })

/** An addr-spec, without angle brackets. */
export const parseUri = (text: string): Result<SipUri | OtherUri> => {
  const colon = text.indexOf(':')
  const scheme = text.slice(0, Math.max(0, colon)).toLowerCase()
  const [first = ''] = scheme
  if (colon <= 0 || !(first >= 'a' && first <= 'z')) return fault('uri.scheme', '3261 §19.1.1', text)
  if (text.includes(' ') || text.includes('<') || text.includes('>')) return fault('uri.syntax', '3261 §25.1', text)
  const rest = text.slice(colon + 1)
  if (scheme !== 'sip' && scheme !== 'sips') return ok({ scheme: scheme === 'tel' ? 'tel' : 'other', rest, raw: text })
  // A user part may hold `;` and `?` (§25.1 user-unreserved), so the `@` comes first; a second `@` must be escaped.
  const ampersat = rest.lastIndexOf('@')
  const userinfo = ampersat < 0 ? undefined : rest.slice(0, ampersat)
  if (userinfo === '' || userinfo?.includes('@')) return fault('uri.user', '3261 §25.1', text, colon + 1)
  const after = rest.slice(ampersat + 1)
  const question = after.indexOf('?')
  const beforeHeaders = question < 0 ? after : after.slice(0, question)
  const semicolon = beforeHeaders.indexOf(';')
  const hostPort = parseHostPort(
    semicolon < 0 ? beforeHeaders : beforeHeaders.slice(0, semicolon),
    colon + 2 + ampersat,
  )
  if (!hostPort.ok) return hostPort
  const params = parseParams(semicolon < 0 ? '' : beforeHeaders.slice(semicolon), colon + 1, isUriName)
  if (!params.ok) return params
  const secret = userinfo?.indexOf(':') ?? -1
  return ok({
    scheme,
    ...(userinfo === undefined ? {} : { user: secret < 0 ? userinfo : userinfo.slice(0, secret) }),
    ...(userinfo === undefined || secret < 0 ? {} : { password: userinfo.slice(secret + 1) }),
    ...hostPort.value,
    params: params.value,
    headers: parseHeaders(question < 0 ? '' : after.slice(question + 1)),
  })
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

const hexDigit = (character: string | undefined): boolean => character !== undefined && /^[0-9a-fA-F]$/.test(character)

/** Escapes of characters that need none are undone (§19.1.4: they are equal). */
const unescaped = (text: string): string => {
  let plain = ''
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '%' && hexDigit(text[at + 1]) && hexDigit(text[at + 2])) {
      plain += String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 3), 16))
      at += 2
    } else plain += text[at] ?? ''
  }
  return plain
}

const equalText = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined ? a === b : unescaped(a) === unescaped(b)

/** §19.1.4: these must stand in both or in neither; any other parameter only where both have it. */
const decisive = ['user', 'ttl', 'method', 'maddr', 'transport']

const sameParams = (a: readonly Param[], b: readonly Param[]): boolean =>
  [...new Set([...a, ...b].map(({ name }) => name.toLowerCase()))].every((name) => {
    const [left, right] = [param(a, name), param(b, name)]
    if (left === undefined || right === undefined) return !decisive.includes(name)
    return unescaped(String(left)).toLowerCase() === unescaped(String(right)).toLowerCase()
  })

const sameHeaders = (a: readonly Param[], b: readonly Param[]): boolean => {
  const keyed = (headers: readonly Param[]) =>
    headers
      .map(({ name, value = '' }) => `${name.toLowerCase()}=${unescaped(value)}`)
      .sort()
      .join('&')
  return keyed(a) === keyed(b)
}

/** RFC 3261 §19.1.4. */
export const sameUri = (a: SipUri | OtherUri, b: SipUri | OtherUri): boolean => {
  if (!isSipUri(a) || !isSipUri(b)) return serializeUri(a) === serializeUri(b)
  return (
    a.scheme === b.scheme &&
    equalText(a.user, b.user) &&
    equalText(a.password, b.password) &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    a.port === b.port &&
    sameParams(a.params, b.params) &&
    sameHeaders(a.headers, b.headers)
  )
}

import { type Message, fieldValue } from './message.ts'
import { canonicalName } from './names.ts'
import { authValue, parseAuthParams } from './fields/challenge.ts'
import { type NameAddr, parseAddressList, tagOf } from './fields/address.ts'
import { cseqOf } from './fields/cseq.ts'
import { parseParams } from './params.ts'
import { viasOf } from './fields/via.ts'
import { isSipUri, param, parseUri } from './uri.ts'
import { isToken } from './chars.ts'

type Reader = (message: Message, part: string) => string | undefined

const text = (value: string | true | number | undefined): string | undefined =>
  value === true ? '' : value?.toString()

const uriPart = (raw: string, part: string): string | undefined => {
  if (part === '') return raw
  const uri = parseUri(raw)
  if (!uri.ok || !isSipUri(uri.value)) return undefined
  if (part === 'user') return uri.value.user
  if (part === 'host') return uri.value.host
  if (part === 'port') return text(uri.value.port)
  return part.startsWith('params.') ? text(param(uri.value.params, part.slice(7))) : undefined
}

const addressPart = (address: NameAddr, part: string): string | undefined => {
  if (part === 'tag') return tagOf(address)
  if (part === 'displayName') return address.displayName
  return uriPart(address.uri, part === 'uri' ? '' : part)
}

const address =
  (name: string): Reader =>
  (message, part) => {
    const value = fieldValue(message, name)
    if (value === undefined || part === '') return value
    const list = parseAddressList(value)
    const first = list.ok ? list.value[0] : undefined
    return first === undefined ? undefined : addressPart(first, part)
  }

const via: Reader = (message, part) => {
  if (part === '') return fieldValue(message, 'Via')
  const vias = viasOf(message)
  const top = vias.ok ? vias.value[0] : undefined
  if (top === undefined) return undefined
  if (part === 'host' || part === 'transport') return top[part]
  return part === 'port' ? text(top.port) : text(param(top.params, part))
}

const auth =
  (name: string): Reader =>
  (message, part) => {
    const value = fieldValue(message, name)
    if (value === undefined || part === '') return value
    const parsed = parseAuthParams(value)
    return parsed.ok ? authValue(parsed.value.params, part) : undefined
  }

const cseq: Reader = (message, part) => {
  const value = cseqOf(message)
  if (part === '') return fieldValue(message, 'CSeq')
  if (!value.ok) return undefined
  return part === 'seq' ? String(value.value.seq) : part === 'method' ? value.value.method : undefined
}

/** `Reason: Q.850;cause=17` and its like: a value with parameters. */
const parameters =
  (name: string): Reader =>
  (message, part) => {
    const value = fieldValue(message, name)
    if (value === undefined || part === '') return value
    const semicolon = value.indexOf(';')
    const params = parseParams(semicolon < 0 ? '' : value.slice(semicolon), 0)
    return params.ok ? text(param(params.value, part)) : undefined
  }

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Request-URI', (message, part) => (message.kind === 'request' ? uriPart(message.requestUri, part) : undefined)],
  ...['From', 'To', 'Contact', 'Route', 'Record-Route', 'P-Asserted-Identity', 'Diversion'].map(
    (name) => [name, address(name)] as const,
  ),
  ['Via', via],
  ['CSeq', cseq],
  ...['WWW-Authenticate', 'Proxy-Authenticate', 'Authorization', 'Proxy-Authorization'].map(
    (name) => [name, auth(name)] as const,
  ),
  ['Reason', parameters('Reason')],
])

const split = (path: string): readonly [string, string] => {
  const dot = path.indexOf('.')
  const name = dot < 0 ? path : path.slice(0, dot)
  return [name === 'Request-URI' ? name : canonicalName(name), dot < 0 ? '' : path.slice(dot + 1)]
}

/** A typed field path of a ladder: `To.user`, `Contact.params.did`, `Via.received`, `CSeq.seq`, or any field's raw value. */
export const fieldAt = (message: Message, path: string): string | undefined => {
  const [name, part] = split(path)
  const reader = readers.get(name)
  if (reader !== undefined) return reader(message, part)
  return part === '' ? fieldValue(message, name) : undefined
}

const uriParts = ['', 'uri', 'user', 'host', 'port', 'tag', 'displayName']

/** Whether `fieldAt` can read such a path at all, for the message of a mistake in a ladder. */
export const isKnownPath = (path: string): boolean => {
  const [name, part] = split(path)
  if (!isToken(name)) return false
  if (!readers.has(name)) return part === ''
  if (part === '' || (part.startsWith('params.') && isToken(part.slice(7)))) return true
  if (
    [
      'Via',
      'CSeq',
      'Reason',
      'WWW-Authenticate',
      'Proxy-Authenticate',
      'Authorization',
      'Proxy-Authorization',
    ].includes(name)
  )
    return isToken(part)
  return uriParts.includes(part)
}

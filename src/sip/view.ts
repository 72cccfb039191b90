import { type Param, param, parseParams, unquoted } from './params.ts'
import { isToken } from './chars.ts'
import { commaParts } from './commas.ts'
import { type NameAddr, parseAddressList, tagOf } from './fields/address.ts'
import { authValue, parseAuthParams } from './fields/auth-params.ts'
import { cseqOf } from './fields/cseq.ts'
import { viasOf } from './fields/via.ts'
import { type Message, fieldValue } from './message.ts'
import { canonicalName } from './names.ts'
import { isSipUri, parseUri } from './uri.ts'

/** How the parts of a field are read, and which there are. */
type View = {
  readonly isPart: (part: string) => boolean
  readonly read: (message: Message, name: string, part: string) => string | undefined
}

const paramPrefix = 'params.'
const isParamPart = (part: string): boolean => part.startsWith(paramPrefix) && isToken(part.slice(paramPrefix.length))

const shown = (value: string | true | undefined): string | undefined => (value === true ? '' : value && unquoted(value))

const uriParts: readonly string[] = ['scheme', 'user', 'host', 'port']

const uriPart = (raw: string, part: string): string | undefined => {
  const uri = parseUri(raw)
  if (!uri.ok) return undefined
  if (part === 'scheme') return raw.slice(0, raw.indexOf(':')).toLowerCase()
  if (!isSipUri(uri.value)) return undefined
  if (part === 'user' || part === 'host') return uri.value[part]
  if (part === 'port') return uri.value.port?.toString()
  return shown(param(uri.value.params, part.slice(paramPrefix.length)))
}

/** A parameter is looked for in the URI first, then behind its angle bracket. */
const addressPart = (address: NameAddr, part: string): string | undefined => {
  if (part === 'uri') return address.uri
  if (part === 'tag') return tagOf(address)
  if (part === 'displayName') return address.displayName
  const ofUri = uriPart(address.uri, part)
  return ofUri ?? (isParamPart(part) ? shown(param(address.params, part.slice(paramPrefix.length))) : undefined)
}

const requestUri: View = {
  isPart: (part) => uriParts.includes(part) || isParamPart(part),
  read: (message, _name, part) => (message.kind === 'request' ? uriPart(message.requestUri, part) : undefined),
}

const address: View = {
  isPart: (part) => [...uriParts, 'uri', 'tag', 'displayName'].includes(part) || isParamPart(part),
  read: (message, name, part) => {
    const list = parseAddressList(fieldValue(message, name) ?? '')
    const first = list.ok ? list.value[0] : undefined
    return first && addressPart(first, part)
  },
}

const via: View = {
  isPart: isToken,
  read: (message, _name, part) => {
    const vias = viasOf(message)
    const top = vias.ok ? vias.value[0] : undefined
    if (part === 'host' || part === 'transport') return top?.[part]
    if (part === 'port') return top?.port?.toString()
    return top && shown(param(top.params, part))
  },
}

const cseq: View = {
  isPart: (part) => part === 'seq' || part === 'method',
  read: (message, _name, part) => {
    const value = cseqOf(message)
    if (!value.ok) return undefined
    return part === 'seq' ? value.value.seq.toString() : value.value.method
  },
}

const auth: View = {
  isPart: isToken,
  read: (message, name, part) => {
    const parsed = parseAuthParams(fieldValue(message, name) ?? '')
    return parsed.ok ? authValue(parsed.value.params, part) : undefined
  },
}

/** `Q.850;cause=17`: the parameters behind the first value. */
const paramsOf = (value: string): readonly Param[] => {
  const [first = ''] = commaParts(value)
  const semicolon = first.indexOf(';')
  const params = parseParams(semicolon < 0 ? '' : first.slice(semicolon))
  return params.ok ? params.value : []
}

const parameters: View = {
  isPart: isToken,
  read: (message, name, part) => shown(param(paramsOf(fieldValue(message, name) ?? ''), part)),
}

const views: ReadonlyMap<string, View> = new Map([
  ['Request-URI', requestUri],
  ...['From', 'To', 'Contact', 'Route', 'Record-Route', 'Refer-To', 'Referred-By'].map(
    (name) => [name, address] as const,
  ),
  ...['P-Asserted-Identity', 'P-Preferred-Identity', 'Diversion'].map((name) => [name, address] as const),
  ['Via', via],
  ['CSeq', cseq],
  ...['WWW-Authenticate', 'Proxy-Authenticate', 'Authorization', 'Proxy-Authorization'].map(
    (name) => [name, auth] as const,
  ),
  ...['Reason', 'Session-Expires', 'Content-Type'].map((name) => [name, parameters] as const),
])

const split = (path: string): { readonly name: string; readonly part: string | undefined } => {
  const dot = path.indexOf('.')
  const name = dot < 0 ? path : path.slice(0, dot)
  const part = dot < 0 ? undefined : path.slice(dot + 1)
  return { name: name.toLowerCase() === 'request-uri' ? 'Request-URI' : canonicalName(name), part }
}

/** Value of the first field of that name; names that the table of fields lacks compare without case too (§7.3.1). */
const rawValue = (message: Message, name: string): string | undefined => {
  if (name === 'Request-URI') return message.kind === 'request' ? message.requestUri : undefined
  return message.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value
}

/** A typed field path of a ladder: `To.user`, `Contact.params.did`, `Via.received`, `CSeq.seq`, or any field's raw value. */
export const fieldAt = (message: Message, path: string): string | undefined => {
  const { name, part } = split(path)
  if (part === undefined) return rawValue(message, name)
  const view = views.get(name)
  return view?.isPart(part) === true ? view.read(message, name, part) : undefined
}

/** Whether `fieldAt` can read such a path at all, for the message of a mistake in a ladder. */
export const isKnownPath = (path: string): boolean => {
  const { name, part } = split(path)
  return part === undefined ? isToken(name) : views.get(name)?.isPart(part) === true
}

import { type Fault, fault } from '../core/result.ts'
import { tagOf, parseNameAddr } from './fields/address.ts'
import { cseqOf } from './fields/cseq.ts'
import { viasOf } from './fields/via.ts'
import { type Field, type Message, type Request, fieldValue, fieldsNamed } from './message.ts'
import { param } from './params.ts'
import { partsWithPlaces, placeInValue } from './places.ts'
import { latin1 } from './text.ts'
import { isSipUri, parseUri } from './uri.ts'
import { valueReaders } from './values.ts'

const maxFaults = 100

const none: readonly Fault[] = []

const broken = (rule: string, cite: string, saw: string, at: number): readonly Fault[] => [
  fault(rule, cite, saw, at).fault,
]

/** Bytes before the start-line are empty lines (RFC 3261 §7.5). */
const startOf = (text: string, { startLine }: Message): number => text.indexOf(startLine)

const valueFaults = (text: string, field: Field): readonly Fault[] => {
  const read = valueReaders.get(field.name)?.(field.value)
  return read === undefined || read.ok ? none : [{ ...read.fault, at: placeInValue(text, field, read.fault.at) }]
}

/** What stands in a message once (§7.3.1, §20). */
const single: readonly string[] = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type', 'Expires', 'Date']

const repeatedFaults = (message: Message): readonly Fault[] =>
  single.flatMap((name) =>
    fieldsNamed(message, name)
      .slice(1)
      .map(({ value, at }) => fault('field.several', '3261 §7.3.1', `${name}: ${value}`, at).fault),
  )

/** RFC 2543 knew no branch with a cookie, no tag in every From and no Max-Forwards in every request (RFC 4475 §3.4.1). */
const cookie = 'z9hG4bK'

/** What the originator wrote: the last Via. */
const originBranch = (message: Message): string => {
  const vias = viasOf(message)
  const branch = param((vias.ok ? vias.value.at(-1)?.params : undefined) ?? [], 'branch')
  return typeof branch === 'string' ? branch : ''
}

const absentFaults = (message: Message, start: number): readonly Fault[] => {
  const isOld = !originBranch(message).startsWith(cookie)
  const names = ['Via', 'From', 'To', 'Call-ID', 'CSeq']
  if (message.kind === 'request' && !isOld) names.push('Max-Forwards')
  if (message.kind === 'request' && message.method === 'INVITE' && !isOld) names.push('Contact')
  const absent = names.filter((name) => fieldValue(message, name) === undefined)
  const from = fieldsNamed(message, 'From')[0]
  const parsed = from === undefined ? undefined : parseNameAddr(from.value)
  const isTagless = parsed?.ok === true && tagOf(parsed.value) === undefined && !isOld
  return [
    ...absent.map((name) => fault('field.missing', '3261 §8.1.1', `no ${name}`, start).fault),
    ...(from !== undefined && isTagless ? broken('from.tag', '3261 §8.1.1.3', from.value, from.at) : none),
  ]
}

/** Whoever answers names its side of the dialog, but in a 100 (§8.2.6.2); RFC 2543 knew servers that did not. */
const toTagFaults = (message: Message): readonly Fault[] => {
  if (message.kind !== 'response' || message.status === 100 || !originBranch(message).startsWith(cookie)) return none
  const to = fieldsNamed(message, 'To')[0]
  const parsed = to === undefined ? undefined : parseNameAddr(to.value)
  return to !== undefined && parsed?.ok === true && tagOf(parsed.value) === undefined
    ? broken('to.tag', '3261 §8.2.6.2', `${message.status}: ${to.value}`, to.at)
    : none
}

/** An INVITE names the one place where its dialog is reached (§8.1.1.8); `*` is for taking bindings away (§10.2.2). */
const contactFaults = (text: string, request: Request): readonly Fault[] => {
  if (request.method === 'REGISTER') return none
  const contacts = fieldsNamed(request, 'Contact').flatMap((field) =>
    partsWithPlaces(field.value)
      .filter((part) => part.text !== '')
      .map((part) => ({ value: part.text, at: placeInValue(text, field, part.at) })),
  )
  const star = contacts.find(({ value }) => value === '*')
  if (star !== undefined) return broken('contact.star', '3261 §10.2.2', '*', star.at)
  const second = request.method === 'INVITE' ? contacts[1] : undefined
  return second === undefined ? none : broken('contact.several', '3261 §8.1.1.8', second.value, second.at)
}

/** A branch that is the cookie alone names no transaction (RFC 4475 §3.2.1). */
const branchFaults = (text: string, message: Message): readonly Fault[] => {
  const vias = viasOf(message)
  const field = fieldsNamed(message, 'Via')[0]
  const [top] = vias.ok ? vias.value : []
  return field !== undefined && top !== undefined && param(top.params, 'branch') === cookie
    ? broken('via.branch', '3261 §8.1.1.7', cookie, placeInValue(text, field, field.value.indexOf(cookie)))
    : none
}

const requestFaults = (text: string, request: Request, start: number): readonly Fault[] => {
  const uriAt = start + request.method.length + 1
  const uri = parseUri(request.requestUri)
  const cseq = cseqOf(request)
  const field = fieldsNamed(request, 'CSeq')[0]
  const version = request.version.toUpperCase()
  return [
    ...(uri.ok ? none : [{ ...uri.fault, at: uriAt + uri.fault.at }]),
    ...(uri.ok && isSipUri(uri.value) && uri.value.headers.length > 0
      ? broken('request-uri.headers', '3261 §19.1.1', request.requestUri, uriAt + request.requestUri.indexOf('?'))
      : none),
    ...(uri.ok && isSipUri(uri.value) && request.method === 'REGISTER' && uri.value.user !== undefined
      ? broken('request-uri.user', '3261 §10.2', request.requestUri, uriAt)
      : none),
    ...contactFaults(text, request),
    ...(version === 'SIP/2.0'
      ? none
      : broken('version.unknown', '3261 §7.1', version, start + request.startLine.length - version.length)),
    ...(cseq.ok && field !== undefined && cseq.value.method !== request.method
      ? broken(
          'cseq.method',
          '3261 §8.1.1.5',
          `${field.value} in ${request.method}`,
          placeInValue(text, field, field.value.length - cseq.value.method.length),
        )
      : none),
  ]
}

const bodyFaults = (message: Message, start: number): readonly Fault[] =>
  message.body.length > 0 && fieldValue(message, 'Content-Type') === undefined
    ? broken('content-type.missing', '3261 §20.15', `${message.body.length} bytes of body`, start)
    : none

/** By byte; at most a hundred, and then how many more there are. */
export const listed = (faults: readonly Fault[]): readonly Fault[] => {
  const sorted = [...faults].sort((a, b) => a.at - b.at)
  const next = sorted[maxFaults]
  return next === undefined
    ? sorted
    : [...sorted.slice(0, maxFaults), ...broken('faults.more', 'none', `${sorted.length - maxFaults} more`, next.at)]
}

/** All that the typed readers and the rules on a single message find wrong. */
export const faultsOf = (message: Message): readonly Fault[] => {
  const text = latin1(message.wire)
  const start = startOf(text, message)
  return [
    ...(message.kind === 'request' ? requestFaults(text, message, start) : none),
    ...absentFaults(message, start),
    ...toTagFaults(message),
    ...repeatedFaults(message),
    ...branchFaults(text, message),
    ...message.fields.flatMap((field) => valueFaults(text, field)),
    ...bodyFaults(message, start),
  ]
}

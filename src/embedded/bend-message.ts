import { z } from 'zod'
import { parseNameAddr, serializeNameAddr } from '../sip/fields/address.ts'
import { parseAuthorization, serializeAuthorization } from '../sip/fields/authorization.ts'
import { cseqOf, serializeCSeq } from '../sip/fields/cseq.ts'
import { parseVia, serializeVia } from '../sip/fields/via.ts'
import { type Field, type Message, fieldValue } from '../sip/message.ts'
import { canonicalName } from '../sip/names.ts'
import { rebuild } from '../sip/serialize.ts'
import { type SipUri, isSipUri, parseUri, serializeUri } from '../sip/uri.ts'
import { dictionaryOf, mapOf, oneOf, text, wholeNumber, word } from '../profile/phrases.ts'

const token = word(/^[A-Za-z0-9-]{1,64}$/, 'a word as in lr')
const method = word(/^[A-Z]{1,20}$/, 'a method as in INVITE')
const fieldText = text('the value of a header field')
const bodyText = text('a part of a body', 300)
const host = word(/^[A-Za-z0-9.:-]{1,100}$/, 'a host as in 192.0.2.1')

const digest = word(/^[0-9a-f]{32,64}$/, 'hexadecimal digits in quotes')
const digits = word(/^[0-9]{1,10}$/, 'a number in quotes')
const sequence = wholeNumber(0, 2 ** 31 - 1)

/** Which outgoing messages: the requests of a method, or the responses to one, of a status or of any; over which transport. */
const over = oneOf(['udp', 'tcp']).exactOptional()
const outgoing = z.union(
  [
    mapOf({ request: method, over }),
    mapOf({ responseTo: method, status: wholeNumber(100, 699).exactOptional(), over }),
  ],
  'a map of request, or of responseTo and status, and of over',
)

const bend = z.discriminatedUnion(
  'bend',
  [
    mapOf({ on: outgoing, bend: z.literal('drop') }),
    mapOf({ on: outgoing, bend: z.literal('remove-field'), field: token }),
    /** After all others, its value repeated that often. */
    mapOf({ on: outgoing, bend: z.literal('add-field'), field: token, value: fieldText, times: wholeNumber(1, 2000) }),
    /** The first field of that name gets another value. */
    mapOf({ on: outgoing, bend: z.literal('set-field'), field: token, value: fieldText }),
    mapOf({ on: outgoing, bend: z.literal('remove-param'), field: oneOf(['To', 'From', 'Contact']), param: token }),
    /** CSeq numbers to those that go out in their place. */
    mapOf({ on: outgoing, bend: z.literal('renumber'), to: dictionaryOf(digits, sequence, 'numbers to numbers') }),
    /** On the topmost Via. */
    mapOf({ on: outgoing, bend: z.literal('remove-via-param'), param: token }),
    mapOf({ on: outgoing, bend: z.literal('set-via-param'), param: token, value: token }),
    mapOf({ on: outgoing, bend: z.literal('set-host'), field: oneOf(['To', 'From', 'Contact', 'Via']), host }),
    mapOf({ on: outgoing, bend: z.literal('remove-contact-uri-param'), param: token }),
    mapOf({ on: outgoing, bend: z.literal('remove-record-route-uri-param'), param: token }),
    mapOf({ on: outgoing, bend: z.literal('strip-request-uri-params') }),
    /** Of telephone-event in the session description. */
    mapOf({ on: outgoing, bend: z.literal('set-event-rate'), rate: wholeNumber(8000, 96_000) }),
    /** The digest of the credentials. */
    mapOf({ on: outgoing, bend: z.literal('set-digest'), value: digest }),
    /** The first place of a text in the body. */
    mapOf({ on: outgoing, bend: z.literal('replace-in-body'), find: bodyText, by: bodyText }),
  ],
  'a map whose bend is one of: drop, remove-field, add-field, set-field, remove-param, renumber, remove-via-param, set-via-param, set-host, remove-contact-uri-param, remove-record-route-uri-param, strip-request-uri-params, set-event-rate, set-digest, replace-in-body',
)

/** Bends of messages on their way out, each tried on what the one before it left. */
export const messageBends = z.array(bend, 'a list of bends').min(1).max(8)
export type MessageBend = z.infer<typeof bend>

const methodOf = (message: Message): string | undefined => {
  if (message.kind === 'request') return message.method
  const cseq = cseqOf(message)
  return cseq.ok ? cseq.value.method : undefined
}

/** The topmost Via names the transport of a request and of its responses (RFC 3261 §18.1.1, §18.2.2). */
const isOver = (transport: string, message: Message): boolean => {
  const via = parseVia(fieldValue(message, 'Via') ?? '')
  return via.ok && via.value.transport.toLowerCase() === transport
}

const meets = ({ on }: MessageBend, message: Message): boolean => {
  if (on.over !== undefined && !isOver(on.over, message)) return false
  if ('request' in on) return message.kind === 'request' && message.method === on.request
  if (message.kind !== 'response' || methodOf(message) !== on.responseTo) return false
  return (on.status ?? message.status) === message.status
}

/** The message with the first field of that name changed; the same message where nothing changes. */
const withField = (message: Message, name: string, edit: (value: string) => string): Message => {
  const place = message.fields.findIndex((field) => field.name === name)
  const field = message.fields[place]
  if (field === undefined) return message
  const value = edit(field.value)
  if (value === field.value) return message
  return rebuild(message, { fields: message.fields.with(place, { ...field, value }) })
}

const withoutField = (message: Message, name: string): Message => {
  const fields = message.fields.filter((field: Field) => field.name !== name)
  return fields.length === message.fields.length ? message : rebuild(message, { fields })
}

const withUri = (value: string, edit: (uri: SipUri) => SipUri): string => {
  const address = parseNameAddr(value)
  if (!address.ok) return value
  const uri = parseUri(address.value.uri)
  if (!uri.ok || !isSipUri(uri.value)) return value
  return serializeNameAddr({ ...address.value, uri: serializeUri(edit(uri.value)) })
}

const withHost = (field: string, value: string, host: string): string => {
  if (field !== 'Via') return withUri(value, (uri) => ({ ...uri, host }))
  const via = parseVia(value)
  return via.ok ? serializeVia({ ...via.value, host }) : value
}

const withoutUriParam = (value: string, name: string): string =>
  withUri(value, (uri) => ({ ...uri, params: uri.params.filter((param) => param.name.toLowerCase() !== name) }))

const withoutParam = (value: string, name: string): string => {
  const address = parseNameAddr(value)
  if (!address.ok) return value
  const params = address.value.params.filter((param) => param.name.toLowerCase() !== name.toLowerCase())
  return params.length === address.value.params.length ? value : serializeNameAddr({ ...address.value, params })
}

/** `rebuild` writes Content-Length last of all fields, and right. */
const withLength = (message: Message, value: string | undefined): Message => {
  const { wire, fields, body } = rebuild(message, {})
  const head = wire.subarray(0, fields.at(-1)?.at ?? 0)
  const line = value === undefined ? '' : `Content-Length: ${value}\r\n`
  return { ...message, wire: Uint8Array.from([...head, ...Buffer.from(line, 'latin1'), 13, 10, ...body]) }
}

const withDigest = (text: string, response: string): string => {
  const own = parseAuthorization(text)
  return own.ok ? serializeAuthorization({ ...own.value, response }) : text
}

const renumbered = (message: Message, to: Readonly<Record<string, number>>): Message => {
  const cseq = cseqOf(message)
  const seq = cseq.ok ? to[String(cseq.value.seq)] : undefined
  if (!cseq.ok || seq === undefined) return message
  return withField(message, 'CSeq', () => serializeCSeq({ ...cseq.value, seq }))
}

const withViaParam = (text: string, name: string, value: string | undefined): string => {
  const via = parseVia(text)
  if (!via.ok) return text
  const others = via.value.params.filter((param) => param.name.toLowerCase() !== name.toLowerCase())
  if (value === undefined && others.length === via.value.params.length) return text
  return serializeVia({ ...via.value, params: value === undefined ? others : [...others, { name, value }] })
}

const withoutUriParams = (message: Message): Message => {
  if (message.kind !== 'request') return message
  const uri = parseUri(message.requestUri)
  if (!uri.ok || !isSipUri(uri.value) || uri.value.params.length === 0) return message
  return rebuild(message, { requestUri: serializeUri({ ...uri.value, params: [] }) })
}

const withBody = (message: Message, edit: (body: string) => string): Message => {
  const before = Buffer.from(message.body).toString('latin1')
  const after = edit(before)
  return after === before ? message : rebuild(message, { body: Uint8Array.from(Buffer.from(after, 'latin1')) })
}

const bent = (rule: MessageBend, message: Message): Message | undefined => {
  switch (rule.bend) {
    case 'drop':
      return undefined
    case 'remove-field':
      return canonicalName(rule.field) === 'Content-Length'
        ? withLength(message, undefined)
        : withoutField(message, rule.field)
    case 'add-field':
      return rebuild(message, { fields: [...message.fields, [rule.field, rule.value.repeat(rule.times)]] })
    case 'set-field':
      return canonicalName(rule.field) === 'Content-Length'
        ? withLength(message, rule.value)
        : withField(message, canonicalName(rule.field), () => rule.value)
    case 'remove-param':
      return withField(message, rule.field, (value) => withoutParam(value, rule.param))
    case 'renumber':
      return renumbered(message, rule.to)
    case 'remove-via-param':
      return withField(message, 'Via', (value) => withViaParam(value, rule.param, undefined))
    case 'set-via-param':
      return withField(message, 'Via', (value) => withViaParam(value, rule.param, rule.value))
    case 'set-host':
      return withField(message, rule.field, (value) => withHost(rule.field, value, rule.host))
    case 'remove-contact-uri-param':
      return withField(message, 'Contact', (value) => withoutUriParam(value, rule.param))
    case 'remove-record-route-uri-param':
      return withField(message, 'Record-Route', (value) => withoutUriParam(value, rule.param))
    case 'strip-request-uri-params':
      return withoutUriParams(message)
    case 'set-event-rate':
      return withBody(message, (body) => body.replaceAll(/ telephone-event\/[0-9]+/g, ` telephone-event/${rule.rate}`))
    case 'set-digest':
      return withField(message, 'Authorization', (value) => withDigest(value, rule.value))
    case 'replace-in-body':
      return withBody(message, (body) => body.replace(rule.find, () => rule.by))
  }
}

/** What leaves in place of a message: nothing, another one, or itself where no bend meets it. */
export const bendMessage = (rules: readonly MessageBend[], message: Message): readonly Message[] => {
  let current: Message | undefined = message
  for (const rule of rules) if (current !== undefined && meets(rule, current)) current = bent(rule, current)
  return current === undefined ? [] : [current]
}

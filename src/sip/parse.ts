import { type Failed, type Result, fault, ok } from '../core/result.ts'
import { isDigits, isSpace, isToken, trimmed } from './chars.ts'
import { limits } from './limits.ts'
import type { Field, Message } from './message.ts'
import { canonicalName } from './names.ts'

type Head = { readonly startLine: string; readonly fields: readonly Field[] }

/**
 * Where the CR of the line's end stands. A line ends with CRLF, and neither stands alone in it (RFC 3261 §25.1): a lone one
 * would be a line to some readers and none to others.
 */
const lineEnd = (head: string, from: number): number => {
  const cr = head.indexOf('\r', from)
  return head.indexOf('\n', from) === cr + 1 ? cr : -1
}

const badLine = (head: string, at: number): Failed => {
  const end = head.indexOf('\r\n', at)
  return fault('message.line-end', '3261 §25.1', head.slice(at, end < 0 ? head.length : end), at)
}

/** Continuation lines join with one SP (§7.3.1). */
const joined = (lines: readonly string[]): string =>
  lines
    .map(trimmed)
    .filter((line) => line !== '')
    .join(' ')

/** `name: value` of the lines of one field; the first ends at `end`, `more` are its continuations. */
const readField = (head: string, at: number, end: number, more: readonly string[]): Result<Field> => {
  const colon = head.indexOf(':', at)
  if (colon < 0 || colon > end) return fault('header.no-colon', '3261 §7.3.1', head.slice(at, end), at)
  let nameEnd = colon
  while (nameEnd > at && isSpace(head.charCodeAt(nameEnd - 1))) nameEnd -= 1
  const rawName = head.slice(at, nameEnd)
  if (!isToken(rawName)) return fault('header.name', '3261 §25.1', rawName, at)
  const first = head.slice(colon + 1, end)
  return ok({
    name: canonicalName(rawName),
    rawName,
    value: more.length === 0 ? trimmed(first) : joined([first, ...more]),
    at,
  })
}

/** `head` ends with the CRLF of its last field; its places are byte offsets in the message. */
const readHead = (head: string, start: number): Result<Head> => {
  const startEnd = lineEnd(head, start)
  if (startEnd < 0) return badLine(head, start)
  const fields: Field[] = []
  let at = startEnd + 2
  while (at < head.length) {
    const end = lineEnd(head, at)
    if (end < 0) return badLine(head, at)
    let next = end + 2
    const more: string[] = []
    while (isSpace(head.charCodeAt(next))) {
      const foldEnd = lineEnd(head, next)
      if (foldEnd < 0) return badLine(head, next)
      more.push(head.slice(next, foldEnd))
      next = foldEnd + 2
    }
    if (next - at > limits.lineBytes) return fault('header.too-long', '3261 §7.3', head.slice(at, at + 40), at)
    if (fields.length === limits.fields)
      return fault('message.too-many-fields', '3261 §7.3', `more than ${limits.fields}`, at)
    const field = readField(head, at, end, more)
    if (!field.ok) return field
    fields.push(field.value)
    at = next
  }
  return ok({ startLine: head.slice(start, startEnd), fields })
}

/** Several Content-Length fields that disagree are no length at all (RFC 4475 §3.3.9). */
const readLength = (fields: readonly Field[]): Result<number | undefined> => {
  let length: number | undefined
  for (const { name, value, at } of fields) {
    if (name !== 'Content-Length') continue
    if (!isDigits(value)) return fault('content-length.syntax', '3261 §20.14', value, at)
    if (length !== undefined && Number(value) !== length)
      return fault('content-length.conflict', '3261 §20.14', value, at)
    length = Number(value)
  }
  return ok(length)
}

/** Over UDP the body is as long as Content-Length says, and what follows is dropped (RFC 3261 §18.3). */
const readBody = (rest: Uint8Array, fields: readonly Field[]): Result<Uint8Array> => {
  const length = readLength(fields)
  if (!length.ok) return length
  if (length.value === undefined) return ok(rest)
  if (length.value <= rest.length) return ok(rest.subarray(0, length.value))
  const at = fields.find(({ name }) => name === 'Content-Length')?.at ?? 0
  return fault('content-length.too-large', '3261 §18.3', `${length.value}, but ${rest.length} bytes follow`, at)
}

/** `SIP/2.0`; another number is for the reader to refuse (505, RFC 3261 §21.5.6). */
const isVersion = (text: string): boolean => {
  const dot = text.indexOf('.')
  const isSip = text.slice(0, 4).toUpperCase() === 'SIP/'
  return isSip && dot > 4 && isDigits(text.slice(4, dot)) && isDigits(text.slice(dot + 1))
}

type Common = Pick<Message, 'startLine' | 'fields' | 'body' | 'wire'>

const readStatusLine = (common: Common, space: number, start: number): Result<Message> => {
  const { startLine } = common
  const code = startLine.slice(space + 1, space + 4)
  const behind = startLine.slice(space + 4)
  // §7.2: six classes. Tolerated: no space behind the code where no reason follows.
  const isCode = code.length === 3 && isDigits(code) && code >= '100' && code <= '699'
  if (!isCode || (behind !== '' && !behind.startsWith(' ')))
    return fault('status-line.syntax', '3261 §7.2', startLine, start)
  const version = startLine.slice(0, space)
  return ok({ kind: 'response', ...common, version, status: Number(code), reason: behind.slice(1) })
}

const readRequestLine = (common: Common, space: number, start: number): Result<Message> => {
  const { startLine } = common
  const last = startLine.lastIndexOf(' ')
  const method = startLine.slice(0, space)
  const requestUri = startLine.slice(space + 1, last)
  const version = startLine.slice(last + 1)
  if (!isToken(method)) return fault('request-line.method', '3261 §7.1', method, start)
  if (last === space || requestUri === '' || requestUri.includes(' ') || requestUri.includes('\t'))
    return fault('request-line.syntax', '3261 §7.1', startLine, start + space)
  if (!isVersion(version)) return fault('request-line.version', '3261 §7.1', version, start + last + 1)
  return ok({ kind: 'request', ...common, version, method, requestUri })
}

/** Empty lines before the start-line are skipped (§7.5). */
const startOf = (bytes: Uint8Array): number => {
  let at = 0
  while (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) at += 2
  return at
}

/** One SIP message of a datagram (RFC 3261 §7). Lossless: order, spelling, duplicates and bytes stay; `wire` is kept, not copied. */
export const parseMessage = (wire: Uint8Array): Result<Message> => {
  if (wire.length > limits.messageBytes) return fault('message.too-large', '3261 §18.1.1', `${wire.length} bytes`)
  const bytes = Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength)
  const start = startOf(bytes)
  const headEnd = bytes.indexOf('\r\n\r\n', start, 'latin1')
  if (headEnd < 0) return fault('message.no-empty-line', '3261 §7', bytes.toString('latin1', start, start + 120), start)
  const read = readHead(bytes.toString('latin1', 0, headEnd + 2), start)
  if (!read.ok) return read
  const { startLine, fields } = read.value
  const body = readBody(wire.subarray(headEnd + 4), fields)
  if (!body.ok) return body
  const common = { startLine, fields, body: body.value, wire }
  const space = startLine.indexOf(' ')
  if (space <= 0) return fault('start-line.syntax', '3261 §7.1', startLine, start)
  return isVersion(startLine.slice(0, space))
    ? readStatusLine(common, space, start)
    : readRequestLine(common, space, start)
}

import { type Result, fault, ok } from '../core/result.ts'
import { isDigits, isSpace, isToken } from './chars.ts'
import type { Field, Message } from './message.ts'
import { canonicalName } from './names.ts'
import { latin1 } from './text.ts'

/** A UDP datagram holds no more. */
const maxBytes = 65_535
/** No sane message has more; a bound on what a stranger makes us keep. */
const maxFields = 256

type Head = { readonly fields: readonly Field[]; readonly bodyAt: number }

/** Joins the continuation lines of a folded field (§7.3.1: CRLF and white space count as one SP). */
const unfolded = (raw: string): string => {
  if (!raw.includes('\n')) return raw.trim()
  return raw
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}

/** End of a line that begins at `from`: place of its LF, CR or not before it. */
const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}

const readHead = (text: string, from: number): Result<Head> => {
  const fields: Field[] = []
  let at = from
  while (at < text.length) {
    const first = text.charCodeAt(at)
    if (first === 0x0a) return ok({ fields, bodyAt: at + 1 })
    if (first === 0x0d && text.charCodeAt(at + 1) === 0x0a) return ok({ fields, bodyAt: at + 2 })
    let end = lineEnd(text, at)
    while (end + 1 < text.length && isSpace(text.charCodeAt(end + 1))) end = lineEnd(text, end + 1)
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon > end) return fault('header.no-colon', '3261 §7.3.1', text.slice(at, end).trimEnd(), at)
    const rawName = text.slice(at, colon).trimEnd()
    if (!isToken(rawName)) return fault('header.name', '3261 §25.1', rawName, at)
    if (fields.length === maxFields) return fault('message.too-many-fields', '3261 §7.3', `more than ${maxFields}`, at)
    fields.push({ name: canonicalName(rawName), rawName, value: unfolded(text.slice(colon + 1, end)), at })
    at = end + 1
  }
  return fault('message.no-empty-line', '3261 §7', text.slice(Math.max(from, text.length - 40)), text.length)
}

/** RFC 3261 §18.3: over UDP the body is as long as Content-Length says, and what follows is dropped. */
const bodyOf = (wire: Uint8Array, { fields, bodyAt }: Head): Result<Uint8Array> => {
  const rest = wire.subarray(bodyAt)
  const field = fields.find(({ name }) => name === 'Content-Length')
  if (field === undefined) return ok(rest)
  if (!isDigits(field.value) || field.value.length > 9)
    return fault('content-length.syntax', '3261 §20.14', field.value, field.at)
  const length = Number(field.value)
  if (length > rest.length)
    return fault('content-length.too-large', '3261 §18.3', `${length}, but ${rest.length} bytes follow`, field.at)
  return ok(rest.subarray(0, length))
}

const isVersion = (text: string): boolean => {
  const upper = text.toUpperCase()
  const [major = '', minor = '', ...more] = upper.slice(4).split('.')
  return upper.startsWith('SIP/') && isDigits(major) && isDigits(minor) && more.length === 0
}

/** Linear white space before the start-line is skipped (§7.5: keep-alive CRLFs). */
const startOf = (text: string): number => {
  let at = 0
  while (at < text.length && (text.charCodeAt(at) === 0x0d || text.charCodeAt(at) === 0x0a)) at += 1
  return at
}

/** One SIP message of a datagram (RFC 3261 §7). Lossless: order, spelling, duplicates and bytes stay. */
export const parseMessage = (wire: Uint8Array): Result<Message> => {
  if (wire.length > maxBytes) return fault('message.too-large', '3261 §18.1.1', `${wire.length} bytes`)
  const text = latin1(wire)
  const start = startOf(text)
  const end = lineEnd(text, start)
  if (end >= text.length) return fault('start-line.no-end', '3261 §7', text.slice(start), start)
  const startLine = text.slice(start, text.charCodeAt(end - 1) === 0x0d ? end - 1 : end)
  const first = startLine.indexOf(' ')
  if (first <= 0) return fault('start-line.syntax', '3261 §7.1', startLine, start)
  const head = readHead(text, end + 1)
  if (!head.ok) return head
  const body = bodyOf(wire, head.value)
  if (!body.ok) return body
  const common = { startLine, fields: head.value.fields, body: body.value, wire }
  if (isVersion(startLine.slice(0, first))) {
    const status = startLine.slice(first + 1, first + 4)
    const rest = startLine.slice(first + 4)
    if (
      !isDigits(status) ||
      status.length !== 3 ||
      status < '100' ||
      status > '699' ||
      (rest !== '' && !rest.startsWith(' '))
    )
      return fault('status-line.syntax', '3261 §7.2', startLine, start)
    return ok({
      kind: 'response',
      ...common,
      version: startLine.slice(0, first),
      status: Number(status),
      reason: rest.slice(1),
    })
  }
  const last = startLine.lastIndexOf(' ')
  const method = startLine.slice(0, first)
  const version = startLine.slice(last + 1)
  const requestUri = startLine.slice(first + 1, last)
  if (!isToken(method)) return fault('request-line.method', '3261 §7.1', method, start)
  if (last === first || requestUri === '' || requestUri.includes(' '))
    return fault('request-line.syntax', '3261 §7.1', startLine, start + first)
  if (!isVersion(version)) return fault('request-line.version', '3261 §7.1', version, start + last + 1)
  return ok({ kind: 'request', ...common, version, method, requestUri })
}

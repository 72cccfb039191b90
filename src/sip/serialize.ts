import type { Field, FieldDraft, Message, Request, RequestDraft, Response, ResponseDraft } from './message.ts'
import { trimmed } from './chars.ts'
import { canonicalName } from './names.ts'

const empty = new Uint8Array(0)

type Written = Pick<Message, 'fields' | 'wire'>

/** What a line of ours can hold: a CR or LF would begin another line, and a character above 0xFF is no byte. */
const checked = (line: string): string => {
  if (/[^\0-\t\v\f\x0e-\xff]/.test(line))
    throw new RangeError(`no line of a message in latin1: ${JSON.stringify(line)}`)
  return line
}

const lengthName = 'Content-Length'

/** Head and body as bytes, with one Content-Length, which comes last. */
const write = (startLine: string, drafts: readonly FieldDraft[], body: Uint8Array): Written => {
  const fields: Field[] = []
  let head = `${checked(startLine)}\r\n`
  const put = (name: string, rawName: string, value: string): void => {
    fields.push({ name, rawName, value, at: head.length })
    head += `${checked(`${rawName}: ${value}`)}\r\n`
  }
  for (const [rawName, text] of drafts) {
    const name = canonicalName(rawName)
    if (name !== lengthName) put(name, rawName, trimmed(text))
  }
  put(lengthName, lengthName, String(body.length))
  const wire = new Uint8Array(head.length + 2 + body.length)
  Buffer.from(wire.buffer).write(`${head}\r\n`, 'latin1')
  wire.set(body, head.length + 2)
  return { fields, wire }
}

/** A request as it goes out; Content-Length is added last. Texts are latin1 (see `message.ts`) without CR or LF. */
export const buildRequest = ({ method, requestUri, fields, body = empty }: RequestDraft): Request => {
  const startLine = `${method} ${requestUri} SIP/2.0`
  const written = write(startLine, fields, body)
  return { kind: 'request', startLine, version: 'SIP/2.0', method, requestUri, body, ...written }
}

/** A response as it goes out; Content-Length is added last. Texts are latin1 (see `message.ts`) without CR or LF. */
export const buildResponse = ({ status, reason, fields, body = empty }: ResponseDraft): Response => {
  const startLine = `SIP/2.0 ${status} ${reason}`
  const written = write(startLine, fields, body)
  return { kind: 'response', startLine, version: 'SIP/2.0', status, reason, body, ...written }
}

/** Parts of a message to replace. */
export type Edit = {
  readonly method?: string
  readonly requestUri?: string
  readonly status?: number
  readonly reason?: string
  readonly fields?: readonly (Field | FieldDraft)[]
  readonly body?: Uint8Array
}

const isField = (field: Field | FieldDraft): field is Field => !Array.isArray(field)

/** The same message with parts replaced; Content-Length follows the body. */
export const rebuild = (message: Message, edit: Edit): Message => {
  const fields = (edit.fields ?? message.fields).map((field): FieldDraft =>
    isField(field) ? [field.rawName, field.value] : field,
  )
  const body = edit.body ?? message.body
  if (message.kind === 'request') {
    const { method, requestUri } = { ...message, ...edit }
    return buildRequest({ method, requestUri, fields, body })
  }
  const { status, reason } = { ...message, ...edit }
  return buildResponse({ status, reason, fields, body })
}

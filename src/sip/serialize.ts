import type { Field, FieldDraft, Message, Request, RequestDraft, Response, ResponseDraft } from './message.ts'
import { canonicalName } from './names.ts'
import { bytesOf } from './text.ts'

const empty = new Uint8Array(0)

type Written = Pick<Message, 'fields' | 'wire'>

const write = (startLine: string, drafts: readonly FieldDraft[], body: Uint8Array): Written => {
  const fields: Field[] = []
  let head = `${startLine}\r\n`
  for (const [rawName, value] of drafts) {
    fields.push({ name: canonicalName(rawName), rawName, value: value.trim(), at: head.length })
    head += `${rawName}: ${value}\r\n`
  }
  const top = bytesOf(`${head}\r\n`)
  const wire = new Uint8Array(top.length + body.length)
  wire.set(top)
  wire.set(body, top.length)
  return { fields, wire }
}

const measured = (drafts: readonly FieldDraft[], body: Uint8Array): readonly FieldDraft[] => [
  ...drafts.filter(([name]) => canonicalName(name) !== 'Content-Length'),
  ['Content-Length', String(body.length)],
]

/** A request as it goes out; Content-Length is added last. Fields are latin1 text without CR or LF. */
export const buildRequest = ({ method, requestUri, fields, body = empty }: RequestDraft): Request => {
  const startLine = `${method} ${requestUri} SIP/2.0`
  return {
    kind: 'request',
    startLine,
    version: 'SIP/2.0',
    method,
    requestUri,
    body,
    ...write(startLine, measured(fields, body), body),
  }
}

/** A response as it goes out; Content-Length is added last. */
export const buildResponse = ({ status, reason, fields, body = empty }: ResponseDraft): Response => {
  const startLine = `SIP/2.0 ${status} ${reason}`
  return {
    kind: 'response',
    startLine,
    version: 'SIP/2.0',
    status,
    reason,
    body,
    ...write(startLine, measured(fields, body), body),
  }
}

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
  return message.kind === 'request'
    ? buildRequest({
        method: edit.method ?? message.method,
        requestUri: edit.requestUri ?? message.requestUri,
        fields,
        body,
      })
    : buildResponse({ status: edit.status ?? message.status, reason: edit.reason ?? message.reason, fields, body })
}

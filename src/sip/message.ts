/**
 * A SIP message as it stood on the wire (RFC 3261 §7). Text is latin1: one character is one byte, so that nothing is lost;
 * `displayText` decodes UTF-8 for people. Typed views (`fields/*.ts`) are read on demand.
 */
export type Field = {
  /** Canonical name: `Via` for `v`, `via` and `Via`; the raw spelling where we know none. */
  readonly name: string
  readonly rawName: string
  /** Unfolded (RFC 3261 §7.3.1) and trimmed. */
  readonly value: string
  /** Byte offset of the field in the message. */
  readonly at: number
}

type Common = {
  readonly startLine: string
  readonly version: string
  readonly fields: readonly Field[]
  readonly body: Uint8Array
  readonly wire: Uint8Array
}
export type Request = Common & { readonly kind: 'request'; readonly method: string; readonly requestUri: string }
export type Response = Common & { readonly kind: 'response'; readonly status: number; readonly reason: string }
export type Message = Request | Response

/** What we mean to send: fields in order, Content-Length is added when it is written. */
export type FieldDraft = readonly [name: string, value: string]
export type RequestDraft = {
  readonly method: string
  readonly requestUri: string
  readonly fields: readonly FieldDraft[]
  readonly body?: Uint8Array
}
export type ResponseDraft = {
  readonly status: number
  readonly reason: string
  readonly fields: readonly FieldDraft[]
  readonly body?: Uint8Array
}

export const fieldsNamed = (message: Message, name: string): readonly Field[] =>
  message.fields.filter((field) => field.name === name)

/** Value of the first field of that canonical name. */
export const fieldValue = (message: Message, name: string): string | undefined =>
  message.fields.find((field) => field.name === name)?.value

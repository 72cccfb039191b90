import { type Result, fault, ok } from '../../core/result.ts'
import { isDigits, isToken, trimmed } from '../chars.ts'
import { splitCommas } from '../commas.ts'
import { type Message, fieldsNamed } from '../message.ts'
import { param, parseParams, unquoted } from '../params.ts'

/** RFC 3326 §2: why a request was sent or refused, in the words of a protocol. */
export type Reason = { readonly protocol: string; readonly cause?: number; readonly text?: string }

const cite = '3326 §2'

/** One reason-value: `Q.850;cause=17;text="User busy"`. */
export const parseReason = (text: string): Result<Reason> => {
  const semicolon = text.indexOf(';')
  const protocol = trimmed(semicolon < 0 ? text : text.slice(0, semicolon))
  if (!isToken(protocol)) return fault('reason.syntax', cite, text)
  const params = parseParams(semicolon < 0 ? '' : text.slice(semicolon))
  if (!params.ok) return params
  const [cause, said] = [param(params.value, 'cause'), param(params.value, 'text')]
  if (cause !== undefined && (cause === true || !isDigits(cause) || cause.length > 9))
    return fault('reason.cause', cite, text)
  return ok({
    protocol,
    ...(cause === undefined ? {} : { cause: Number(cause) }),
    ...(typeof said === 'string' ? { text: unquoted(said) } : {}),
  })
}

/** The reasons of a message that can be read; each protocol stands once. */
export const reasonsOf = (message: Message): readonly Reason[] =>
  fieldsNamed(message, 'Reason').flatMap(({ value }) =>
    splitCommas(value).flatMap((each) => {
      const reason = parseReason(each)
      return reason.ok ? [reason.value] : []
    }),
  )

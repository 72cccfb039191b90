import { type Result, fault, ok } from '../../core/result.ts'
import { isDigits, isToken, trimmed } from '../chars.ts'
import { type Message, fieldsNamed } from '../message.ts'

/** RFC 3261 §20.16; the number is below 2**31 (§8.1.1.5). */
type CSeq = { readonly seq: number; readonly method: string }

export const parseCSeq = (text: string): Result<CSeq> => {
  const value = trimmed(text)
  const [number = ''] = value.split(/[ \t]/, 1)
  const method = trimmed(value.slice(number.length))
  if (!isDigits(number) || !isToken(method)) return fault('cseq.syntax', '3261 §20.16', text)
  if (Number(number) >= 2 ** 31) return fault('cseq.range', '3261 §8.1.1.5', text)
  return ok({ seq: Number(number), method })
}

export const serializeCSeq = ({ seq, method }: CSeq): string => `${seq} ${method}`

/** The one CSeq of a message. */
export const cseqOf = (message: Message): Result<CSeq> => {
  const [field, ...more] = fieldsNamed(message, 'CSeq')
  if (field === undefined) return fault('cseq.missing', '3261 §8.1.1', message.startLine)
  if (more.length > 0) return fault('cseq.several', '3261 §7.3.1', field.value, field.at)
  const cseq = parseCSeq(field.value)
  return cseq.ok ? cseq : { ok: false, fault: { ...cseq.fault, at: field.at } }
}

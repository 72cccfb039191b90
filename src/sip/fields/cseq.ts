import { type Result, fault, ok } from '../../core/result.ts'
import { isDigits, isToken } from '../chars.ts'
import { type Message, fieldsNamed } from '../message.ts'

/** RFC 3261 §20.16; the number is below 2**31 (§8.1.1.5). */
export type CSeq = { readonly seq: number; readonly method: string }

export const parseCSeq = (text: string): Result<CSeq> => {
  const [number = '', method = '', ...more] = text.split(/[ \t]/).filter((part) => part !== '')
  if (!isDigits(number) || number.length > 10 || Number(number) >= 2 ** 31 || !isToken(method) || more.length > 0)
    return fault('cseq.syntax', '3261 §8.1.1.5', text)
  return ok({ seq: Number(number), method })
}

export const cseqOf = (message: Message): Result<CSeq> => {
  const [field, ...more] = fieldsNamed(message, 'CSeq')
  if (field === undefined) return fault('cseq.missing', '3261 §8.1.1', message.startLine)
  if (more.length > 0) return fault('cseq.several', '3261 §7.3.1', field.value, field.at)
  const cseq = parseCSeq(field.value)
  return cseq.ok ? cseq : { ok: false, fault: { ...cseq.fault, at: field.at } }
}

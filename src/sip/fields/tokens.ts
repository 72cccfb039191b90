import { type Result, fault, ok } from '../../core/result.ts'
import { isDigits } from '../chars.ts'
import { splitCommas } from '../commas.ts'
import { type Message, fieldValue, fieldsNamed } from '../message.ts'

/** All values of a token list over all fields of that name: Require, Supported, Allow. */
export const tokensOf = (message: Message, name: string): readonly string[] =>
  fieldsNamed(message, name).flatMap(({ value }) => splitCommas(value))

/** The largest value of fields that hold less than 32 bits (RFC 3261 §20.22). */
const largest: Readonly<Record<string, number>> = { 'Max-Forwards': 255 }

/** Max-Forwards, Expires, Min-Expires: a whole number below 2**32 (§20.19); `undefined` where the field is not there. */
export const numberOf = (message: Message, name: string): Result<number | undefined> => {
  const field = fieldsNamed(message, name)[0]
  if (field === undefined) return ok(undefined)
  if (!isDigits(field.value) || Number(field.value) > (largest[name] ?? 2 ** 32 - 1))
    return fault(`${name.toLowerCase()}.syntax`, '3261 §20', field.value, field.at)
  return ok(Number(field.value))
}

/** `application/sdp` of a Content-Type with or without parameters, in lower case. */
export const mediaTypeOf = (message: Message): string | undefined => {
  const parts = fieldValue(message, 'Content-Type')?.split(';', 1)[0]?.split('/')
  return parts?.map((part) => part.trim().toLowerCase()).join('/')
}

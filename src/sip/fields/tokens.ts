import { type Result, fault, ok } from '../../core/result.ts'
import { isDigits } from '../chars.ts'
import { splitCommas } from '../commas.ts'
import { type Message, fieldValue, fieldsNamed } from '../message.ts'

/** All values of a token list over all fields of that name: Require, Supported, Allow. */
export const tokensOf = (message: Message, name: string): readonly string[] =>
  fieldsNamed(message, name).flatMap(({ value }) => splitCommas(value))

/** Max-Forwards, Expires, Min-Expires: a whole number below 2**32 (RFC 3261 §20); `undefined` where the field is not there. */
export const numberOf = (message: Message, name: string): Result<number | undefined> => {
  const value = fieldValue(message, name)
  if (value === undefined) return ok(undefined)
  if (!isDigits(value) || value.length > 10 || Number(value) >= 2 ** 32)
    return fault(`${name.toLowerCase()}.syntax`, '3261 §20', value)
  return ok(Number(value))
}

/** `application/sdp` of a Content-Type with or without parameters, in lower case. */
export const mediaTypeOf = (message: Message): string | undefined =>
  fieldValue(message, 'Content-Type')?.split(';')[0]?.trim().toLowerCase()

import { type Result, fault, ok } from '../../core/result.ts'
import { endOf, isSpace, skipSpace, tokenChars } from '../chars.ts'
import { limits } from '../limits.ts'
import { type Param, endOfValue, param, unquoted } from '../params.ts'

export type AuthParams = { readonly scheme: string; readonly params: readonly Param[] }

type Place = { readonly param: Param; readonly end: number }

const readParam = (text: string, at: number): Result<Place> => {
  const from = skipSpace(text, at)
  const nameEnd = endOf(text, from, tokenChars)
  const equal = skipSpace(text, nameEnd)
  if (nameEnd === from || text[equal] !== '=') return fault('auth.parameter', '3261 §25.1', text.slice(from), from)
  const valueFrom = skipSpace(text, equal + 1)
  const end = endOfValue(text, valueFrom)
  if (end === valueFrom) return fault('auth.parameter', '3261 §25.1', text.slice(from), valueFrom)
  return ok({
    param: { name: text.slice(from, nameEnd), value: text.slice(valueFrom, end) },
    end: skipSpace(text, end),
  })
}

/** `Digest a=b, c="d"`: the scheme, and its parameters in order, each of them once (RFC 3261 §25.1 `other-challenge`). */
export const parseAuthParams = (text: string): Result<AuthParams> => {
  const from = skipSpace(text, 0)
  const schemeEnd = endOf(text, from, tokenChars)
  if (schemeEnd === from || !isSpace(text.charCodeAt(schemeEnd))) return fault('auth.scheme', '3261 §25.1', text, from)
  const params: Param[] = []
  let at = schemeEnd
  do {
    if (params.length === limits.params) return fault('auth.too-many', '3261 §25.1', `more than ${limits.params}`, at)
    const read = readParam(text, at)
    if (!read.ok) return read
    const { name } = read.value.param
    if (param(params, name) !== undefined) return fault('auth.repeated', '7616 §3.3', name, skipSpace(text, at))
    params.push(read.value.param)
    at = read.value.end + 1
  } while (text[at - 1] === ',')
  if (at <= text.length) return fault('auth.parameter', '3261 §25.1', text.slice(at - 1), at - 1)
  return ok({ scheme: text.slice(from, schemeEnd), params })
}

/** A value without its quotes. */
export const authValue = (params: readonly Param[], name: string): string | undefined => {
  const value = param(params, name)
  return typeof value === 'string' ? unquoted(value) : undefined
}

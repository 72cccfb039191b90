import { type Result, fault, ok } from '../core/result.ts'
import { type Chars, endOf, endOfQuoted, skipSpace, tokenChars } from './chars.ts'
import { limits } from './limits.ts'

/** `;name=value` or `;name`. The value stands as on the wire, quotes included. */
export type Param = { readonly name: string; readonly value?: string }

/**
 * §25.1 `gen-value`: token, host or quoted string. Unquoted values may hold whatever ends no value: `/`, `@` and `=` are
 * seen in tags.
 */
const valueChars: Chars = Array.from(
  { length: 256 },
  (_, code) => code > 0x20 && code !== 0x7f && !';,"<>'.includes(String.fromCharCode(code)),
)

/** Behind the value that begins at `from`; `from` itself where there is none. */
export const endOfValue = (text: string, from: number): number =>
  text[from] === '"' ? Math.max(from, endOfQuoted(text, from)) : endOf(text, from, valueChars)

/** Header parameters from their first semicolon on, or nothing; `at` is where the text begins in its field. */
export const parseParams = (text: string, at = 0): Result<readonly Param[]> => {
  const params: Param[] = []
  let place = skipSpace(text, 0)
  while (place < text.length) {
    if (text[place] !== ';') return fault('parameter.syntax', '3261 §25.1', text.slice(place), at + place)
    if (params.length === limits.params)
      return fault('parameter.too-many', '3261 §25.1', `more than ${limits.params}`, at + place)
    const from = skipSpace(text, place + 1)
    const end = endOf(text, from, tokenChars)
    if (end === from) return fault('parameter.name', '3261 §25.1', text.slice(place), at + place)
    const name = text.slice(from, end)
    place = skipSpace(text, end)
    if (text[place] === '=') {
      const valueFrom = skipSpace(text, place + 1)
      const valueEnd = endOfValue(text, valueFrom)
      if (valueEnd === valueFrom) return fault('parameter.value', '3261 §25.1', text.slice(from), at + valueFrom)
      params.push({ name, value: text.slice(valueFrom, valueEnd) })
      place = skipSpace(text, valueEnd)
    } else params.push({ name })
  }
  return ok(params)
}

export const serializeParams = (params: readonly Param[]): string =>
  params.map(({ name, value }) => (value === undefined ? `;${name}` : `;${name}=${value}`)).join('')

/** The value, `true` for a flag, `undefined` where it is not there. Names are case-insensitive (§7.3.1). */
export const param = (params: readonly Param[], name: string): string | true | undefined => {
  const found = params.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
  return found === undefined ? undefined : (found.value ?? true)
}

/** A quoted string without its quotes and escapes; other text as it is. */
export const unquoted = (text: string): string => {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  let plain = ''
  for (let at = 1; at < text.length - 1; at += 1) {
    if (text[at] === '\\' && at < text.length - 2) at += 1
    plain += text[at] ?? ''
  }
  return plain
}

export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

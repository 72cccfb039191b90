import { type Result, fault, ok } from '../core/result.ts'
import { isToken } from './chars.ts'
import { splitOutside } from './commas.ts'

/** `;name=value` or `;name`. The value stands as on the wire, quotes included. */
export type Param = { readonly name: string; readonly value?: string }

const maxParams = 64

const one = (text: string): Param => {
  const equal = text.indexOf('=')
  return equal < 0 ? { name: text.trim() } : { name: text.slice(0, equal).trim(), value: text.slice(equal + 1).trim() }
}

/** `;a=b;c`, from its first semicolon on, or empty. */
export const parseParams = (
  text: string,
  at: number,
  isName: (name: string) => boolean = isToken,
): Result<readonly Param[]> => {
  const trimmed = text.trim()
  if (trimmed === '') return ok([])
  if (!trimmed.startsWith(';')) return fault('parameter.syntax', '3261 §25.1', trimmed, at)
  const params = splitOutside(trimmed.slice(1), ';').map(one)
  if (params.length > maxParams) return fault('parameter.too-many', '3261 §25.1', `${params.length}`, at)
  const bad = params.find(({ name }) => !isName(name))
  return bad === undefined ? ok(params) : fault('parameter.name', '3261 §25.1', bad.name, at)
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

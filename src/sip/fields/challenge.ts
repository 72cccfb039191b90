import { type Result, fault, ok } from '../../core/result.ts'
import { isToken } from '../chars.ts'
import { splitCommas } from '../commas.ts'
import { type Response, fieldsNamed } from '../message.ts'
import { type Param, param, quoted, unquoted } from '../params.ts'

/** WWW-Authenticate or Proxy-Authenticate (RFC 3261 §20.44, RFC 7616 §3.3). */
export type Challenge = {
  readonly scheme: string
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly stale: boolean
  readonly algorithm?: string
  readonly qop: readonly string[]
  readonly params: readonly Param[]
}

/** `Digest a=b, c="d"`: the scheme, and its parameters in order. */
export const parseAuthParams = (
  text: string,
): Result<{ readonly scheme: string; readonly params: readonly Param[] }> => {
  const trimmed = text.trim()
  const space = trimmed.search(/[ \t]/)
  const scheme = space < 0 ? trimmed : trimmed.slice(0, space)
  if (!isToken(scheme)) return fault('auth.scheme', '3261 §25.1', text)
  const params: Param[] = []
  for (const part of splitCommas(space < 0 ? '' : trimmed.slice(space + 1))) {
    const equal = part.indexOf('=')
    const name = part.slice(0, Math.max(0, equal)).trim()
    if (!isToken(name)) return fault('auth.parameter', '3261 §25.1', part)
    params.push({ name, value: part.slice(equal + 1).trim() })
  }
  return ok({ scheme, params })
}

export const authValue = (params: readonly Param[], name: string): string | undefined => {
  const value = param(params, name)
  return value === undefined || value === true ? undefined : unquoted(value)
}

export const parseChallenge = (text: string): Result<Challenge> => {
  const parsed = parseAuthParams(text)
  if (!parsed.ok) return parsed
  const { scheme, params } = parsed.value
  const realm = authValue(params, 'realm')
  const nonce = authValue(params, 'nonce')
  if (scheme.toLowerCase() === 'digest' && (realm === undefined || nonce === undefined))
    return fault('challenge.realm-or-nonce', '7616 §3.3', text)
  const opaque = authValue(params, 'opaque')
  const algorithm = authValue(params, 'algorithm')
  return ok({
    scheme,
    realm: realm ?? '',
    nonce: nonce ?? '',
    ...(opaque === undefined ? {} : { opaque }),
    stale: authValue(params, 'stale')?.toLowerCase() === 'true',
    ...(algorithm === undefined ? {} : { algorithm }),
    qop: (authValue(params, 'qop') ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    params,
  })
}

/** Challenges of a 401 and a 407, in order; what cannot be read is left out. */
export const challengesOf = (
  response: Response,
): readonly { readonly challenge: Challenge; readonly proxy: boolean }[] =>
  ['WWW-Authenticate', 'Proxy-Authenticate'].flatMap((name) =>
    fieldsNamed(response, name).flatMap(({ value }) => {
      const challenge = parseChallenge(value)
      return challenge.ok ? [{ challenge: challenge.value, proxy: name === 'Proxy-Authenticate' }] : []
    }),
  )

export const serializeChallenge = (challenge: Pick<Challenge, 'realm' | 'nonce' | 'stale' | 'qop'> & Partial<Challenge>): string => {
  const { realm, nonce, opaque, stale, algorithm, qop } = challenge
  const parts = [
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(stale ? ['stale=true'] : []),
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(qop.length === 0 ? [] : [`qop="${qop.join(',')}"`]),
  ]
  return `Digest ${parts.join(', ')}`
}

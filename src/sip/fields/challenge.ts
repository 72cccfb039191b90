import { type Result, fault, ok } from '../../core/result.ts'
import { splitCommas } from '../commas.ts'
import { type Response, fieldsNamed } from '../message.ts'
import { type Param, quoted } from '../params.ts'
import { authValue, parseAuthParams } from './auth-params.ts'

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

/** `params` holds all of them as on the wire, the ones read here too. */
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
    qop: splitCommas(authValue(params, 'qop') ?? ''),
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

type Digest = Pick<Challenge, 'realm' | 'nonce' | 'stale' | 'qop'> & Partial<Challenge>

/** A Digest challenge of ours; RFC 7616 §3.3 says what is quoted. */
export const serializeChallenge = (challenge: Digest): string => {
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

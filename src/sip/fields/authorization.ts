import { type Result, fault, ok } from '../../core/result.ts'
import { quoted } from '../params.ts'
import { authValue, parseAuthParams } from './auth-params.ts'

/** Digest credentials (RFC 3261 §20.7, RFC 7616 §3.4). `nc` is eight hexadecimal digits. */
export type Authorization = {
  readonly username: string
  readonly realm: string
  readonly nonce: string
  readonly uri: string
  readonly response: string
  readonly algorithm?: string
  readonly cnonce?: string
  readonly nc?: string
  readonly qop?: string
  readonly opaque?: string
}

/** `8LHEX`; upper case is taken too. */
const isCount = (text: string): boolean => /^[0-9A-Fa-f]{8}$/.test(text)

const optional = ['algorithm', 'cnonce', 'nc', 'qop', 'opaque'] as const

/** Values come without their quotes and escapes, as the digest takes them (RFC 7616 §3.4 `unq`). */
export const parseAuthorization = (text: string): Result<Authorization> => {
  const parsed = parseAuthParams(text)
  if (!parsed.ok) return parsed
  const { scheme, params } = parsed.value
  if (scheme.toLowerCase() !== 'digest') return fault('authorization.scheme', '3261 §22.4', scheme)
  const [username, realm, nonce, uri, response] = ['username', 'realm', 'nonce', 'uri', 'response'].map((name) =>
    authValue(params, name),
  )
  if (
    username === undefined ||
    realm === undefined ||
    nonce === undefined ||
    uri === undefined ||
    response === undefined
  )
    return fault('authorization.incomplete', '7616 §3.4', text)
  const nc = authValue(params, 'nc')
  if (nc !== undefined && !isCount(nc)) return fault('authorization.nc', '7616 §3.4', nc)
  const more = Object.fromEntries(
    optional.flatMap((name) => {
      const value = authValue(params, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  return ok({ username, realm, nonce, uri, response, ...more })
}

/** RFC 7616 §3.4: algorithm, qop and nc are not quoted. */
export const serializeAuthorization = (auth: Authorization): string => {
  const parts = [
    `username=${quoted(auth.username)}`,
    `realm=${quoted(auth.realm)}`,
    `nonce=${quoted(auth.nonce)}`,
    `uri=${quoted(auth.uri)}`,
    `response="${auth.response}"`,
    ...(auth.algorithm === undefined ? [] : [`algorithm=${auth.algorithm}`]),
    ...(auth.cnonce === undefined ? [] : [`cnonce=${quoted(auth.cnonce)}`]),
    ...(auth.opaque === undefined ? [] : [`opaque=${quoted(auth.opaque)}`]),
    ...(auth.qop === undefined ? [] : [`qop=${auth.qop}`]),
    ...(auth.nc === undefined ? [] : [`nc=${auth.nc}`]),
  ]
  return `Digest ${parts.join(', ')}`
}

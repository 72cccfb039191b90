import type { World } from '../core/world.ts'
import { type Credentials, verifyAuthorization } from '../sip/digest.ts'
import { type Authorization, parseAuthorization } from '../sip/fields/authorization.ts'
import { serializeChallenge } from '../sip/fields/challenge.ts'
import { type FieldDraft, type Request, fieldsNamed } from '../sip/message.ts'

export type Algorithm = 'MD5' | 'SHA-256'

export type AuthenticatorOptions = {
  readonly realm: string
  /** 401 asks as the server, 407 as a proxy. */
  readonly challenge: 401 | 407
  /** Best first: one challenge each (RFC 8760 §2.3). */
  readonly algorithms: readonly Algorithm[]
  readonly world: World
  /** How long a nonce is good for, in milliseconds. */
  readonly nonceLifeMs: number
}

/** `stale`: right, but for a nonce that we do not know, that is over, or whose count was used before. */
export type Verdict = 'none' | 'stale' | 'wrong' | 'right'

/** Keeps the nonces that it gave out, and the highest count seen with each. */
export type Authenticator = {
  /** A fresh nonce in one field for each algorithm; `stale` tells the client that its password was right. */
  readonly challengeFields: (stale: boolean) => readonly FieldDraft[]
  readonly check: (request: Request, credentials: Credentials) => Verdict
}

/** The oldest go first: a flood of requests takes no more memory than this. */
const maxNonces = 10_000

type Nonce = { readonly madeMs: number; count: number }

export const createAuthenticator = (options: AuthenticatorOptions): Authenticator => {
  const { realm, challenge, algorithms, world, nonceLifeMs } = options
  const nonces = new Map<string, Nonce>()
  const proxy = challenge === 407

  const challengeFields: Authenticator['challengeFields'] = (stale) => {
    const nonce = world.token(128)
    nonces.set(nonce, { madeMs: world.clock.nowMs(), count: 0 })
    for (const oldest of nonces.keys()) {
      if (nonces.size <= maxNonces) break
      nonces.delete(oldest)
    }
    return algorithms.map((algorithm) => [
      proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate',
      serializeChallenge({ realm, nonce, stale, algorithm, qop: ['auth'] }),
    ])
  }

  /** Credentials for our realm; those for another are not ours to judge (RFC 3261 §22.3). */
  const presented = (request: Request): Authorization | undefined => {
    for (const { value } of fieldsNamed(request, proxy ? 'Proxy-Authorization' : 'Authorization')) {
      const parsed = parseAuthorization(value)
      if (parsed.ok && parsed.value.realm === realm) return parsed.value
    }
    return undefined
  }

  /** Takes the count of the nonce; without `qop` there is none, and the nonce serves once. */
  const spend = (authorization: Authorization): boolean => {
    const nonce = nonces.get(authorization.nonce)
    if (nonce === undefined || world.clock.nowMs() - nonce.madeMs > nonceLifeMs) return false
    const count = authorization.qop === undefined ? Infinity : Number.parseInt(authorization.nc ?? '', 16)
    if (!(count > nonce.count)) return false
    nonce.count = count
    return true
  }

  const check: Authenticator['check'] = (request, { username, password }) => {
    const authorization = presented(request)
    if (authorization === undefined) return 'none'
    const algorithm = (authorization.algorithm ?? 'MD5').toUpperCase()
    const offered = algorithms.some((name) => name === algorithm)
    const { method } = request
    const right = authorization.username === username && verifyAuthorization(authorization, { password, method })
    if (!offered || !right) return 'wrong'
    return spend(authorization) ? 'right' : 'stale'
  }

  return { challengeFields, check }
}

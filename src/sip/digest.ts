import { createHash, timingSafeEqual } from 'node:crypto'
import { type Failed, type Result, fault, ok } from '../core/result.ts'
import type { Authorization } from './fields/authorization.ts'
import type { Challenge } from './fields/challenge.ts'
import { latin1, utf8Bytes } from './text.ts'

/** As people write them; on the wire and in the digest they are UTF-8 (RFC 7616 §4). */
export type Credentials = { readonly username: string; readonly password: string }

/** RFC 7616 §6.1 and RFC 8760 §2.1: the names in use; both have a `-sess` form. */
const hashes: ReadonlyMap<string, 'md5' | 'sha256'> = new Map([
  ['md5', 'md5'],
  ['sha-256', 'sha256'],
])

type Algorithm = { readonly hash: 'md5' | 'sha256'; readonly session: boolean }

const algorithmOf = (name: string | undefined): Algorithm | undefined => {
  const lower = (name ?? 'MD5').toLowerCase() // RFC 7616 §3.3: MD5 where none is named
  const session = lower.endsWith('-sess')
  const hash = hashes.get(session ? lower.slice(0, -5) : lower)
  return hash === undefined ? undefined : { hash, session }
}

const digest = (hash: 'md5' | 'sha256', text: string): string => createHash(hash).update(text, 'latin1').digest('hex')

type Inputs = Omit<Authorization, 'response'> & { readonly password: string; readonly method: string }

/** RFC 7616 §3.4.1 to §3.4.3; without qop as RFC 2069 did it (RFC 3261 §22.4 item 8). */
const responseOf = (inputs: Inputs): string | undefined => {
  const algorithm = algorithmOf(inputs.algorithm)
  if (algorithm === undefined) return undefined
  const { hash, session } = algorithm
  const { username, realm, password, nonce, cnonce, nc, qop, uri, method } = inputs
  const secret = digest(hash, `${username}:${realm}:${latin1(utf8Bytes(password))}`)
  const a1 = session ? digest(hash, `${secret}:${nonce}:${cnonce ?? ''}`) : secret
  const a2 = digest(hash, `${method}:${uri}`)
  if (qop === undefined) return digest(hash, `${a1}:${nonce}:${a2}`)
  if (qop.toLowerCase() !== 'auth') return undefined
  return digest(hash, `${a1}:${nonce}:${nc ?? ''}:${cnonce ?? ''}:${qop}:${a2}`)
}

export type DigestRequest = {
  readonly method: string
  /** Request-URI as it stands in the request. */
  readonly uri: string
  readonly cnonce: string
  /** How many requests were sent with this nonce, this one included. */
  readonly nc: number
}

const canAnswer = ({ scheme, algorithm, qop }: Challenge): boolean =>
  scheme.toLowerCase() === 'digest' &&
  algorithmOf(algorithm) !== undefined &&
  (qop.length === 0 || qop.some((option) => option.toLowerCase() === 'auth'))

const unsupported = ({ scheme, algorithm, qop }: Challenge): Failed =>
  fault('digest.unsupported', '7616 §3.3', `${scheme} algorithm=${algorithm ?? ''} qop=${qop.join(',')}`)

/** The challenge that we answer: the topmost that we can (RFC 8760 §2.4). */
export const chooseChallenge = (challenges: readonly Challenge[]): Challenge | undefined => challenges.find(canAnswer)

/** Digest credentials for a challenge, with `qop=auth` where it is offered. */
export const answerChallenge = (
  challenge: Challenge,
  { username, password }: Credentials,
  request: DigestRequest,
): Result<Authorization> => {
  if (!canAnswer(challenge)) return unsupported(challenge)
  const { realm, nonce, algorithm, opaque, qop } = challenge
  const nc = request.nc.toString(16).padStart(8, '0')
  const withCnonce = qop.length > 0 || (algorithm?.toLowerCase().endsWith('-sess') ?? false)
  const unanswered = {
    username: latin1(utf8Bytes(username)),
    realm,
    nonce,
    uri: request.uri,
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(opaque === undefined ? {} : { opaque }),
    ...(withCnonce ? { cnonce: request.cnonce } : {}),
    ...(qop.length > 0 ? { qop: 'auth', nc } : {}),
  }
  const response = responseOf({ ...unanswered, password, method: request.method })
  return response === undefined ? unsupported(challenge) : ok({ ...unanswered, response })
}

/** Whether the response is that of the password, for the nonce and URI that it names; compared in constant time. */
export const verifyAuthorization = (
  auth: Authorization,
  { password, method }: { readonly password: string; readonly method: string },
): boolean => {
  const expected = responseOf({ ...auth, password, method })
  const given = Buffer.from(auth.response.toLowerCase(), 'latin1')
  return expected?.length === given.length && timingSafeEqual(Buffer.from(expected, 'latin1'), given)
}

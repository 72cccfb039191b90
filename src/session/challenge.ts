import { type Result, fault, ok } from '../core/result.ts'
import type { Token } from '../core/world.ts'
import { type Credentials, answerChallenge, chooseChallenge } from '../sip/digest.ts'
import { serializeAuthorization } from '../sip/fields/authorization.ts'
import { type Challenge, challengesOf } from '../sip/fields/challenge.ts'
import type { FieldDraft, Request, Response } from '../sip/message.ts'

type Asked = { readonly proxy: boolean; readonly challenge: Challenge }

/**
 * For each realm and kind the challenge that we answer: its members are alternatives, and what we do not understand is
 * ignored (RFC 8760 §2.4).
 */
const askedBy = (response: Response): Result<ReadonlyMap<string, Asked>> => {
  const groups = new Map<string, { readonly proxy: boolean; readonly challenges: Challenge[] }>()
  for (const { challenge, proxy } of challengesOf(response)) {
    const key = JSON.stringify([proxy, challenge.realm])
    const group = groups.get(key) ?? { proxy, challenges: [] }
    group.challenges.push(challenge)
    groups.set(key, group)
  }
  if (groups.size === 0) return fault('challenge.missing', '3261 §22.2', response.startLine)
  const asked = new Map<string, Asked>()
  for (const [key, { proxy, challenges }] of groups) {
    const challenge = chooseChallenge(challenges)
    if (challenge !== undefined) asked.set(key, { proxy, challenge })
  }
  return asked.size > 0 ? ok(asked) : fault('digest.unsupported', '8760 §2.4', response.startLine)
}

type Challenged = Pick<Request, 'method' | 'requestUri'>

/** `nc` counts the requests sent with the nonce, from 1; `realm` is answered for in place of that of the challenge. */
type Counts = { readonly cnonce: string; readonly nc: number; readonly realm?: string | undefined }

const credentialField = (
  { proxy, challenge }: Asked,
  { method, requestUri: uri }: Challenged,
  credentials: Credentials,
  { cnonce, nc, realm = challenge.realm }: Counts,
): Result<FieldDraft> => {
  const answer = answerChallenge({ ...challenge, realm }, credentials, { method, uri, cnonce, nc })
  return answer.ok
    ? ok([proxy ? 'Proxy-Authorization' : 'Authorization', serializeAuthorization(answer.value)])
    : answer
}

const all = <T>(results: readonly Result<T>[]): Result<readonly T[]> => {
  const values: T[] = []
  for (const result of results) {
    if (!result.ok) return result
    values.push(result.value)
  }
  return ok(values)
}

/** Credentials for the next attempt, for each realm that the 401 or 407 challenges (RFC 3261 §22.2, §22.3). */
export const retryFields = (
  response: Response,
  request: Challenged,
  credentials: Credentials,
  counts: Counts,
): Result<readonly FieldDraft[]> => {
  const asked = askedBy(response)
  if (!asked.ok) return asked
  return all([...asked.value.values()].map((one) => credentialField(one, request, credentials, counts)))
}

/** The credentials with which a request goes again after that 401 or 407; a fault where it does not. */
export type FollowChallenge = (response: Response, request: Challenged) => Result<readonly FieldDraft[]>

/** The server, a proxy or two on the way, and a nonce that was stale: a request that is asked more often never gets through. */
const mostFollowed = 4

/** How often each nonce of a realm was used (RFC 7616 §3.4): a server may ask several requests with the same. */
export type NonceCounts = Map<string, number>

/**
 * Follows the challenges to one request: each realm once, and again where its nonce was stale alone, so that credentials that
 * were refused never go a second time (RFC 3261 §22.1, RFC 7616 §3.3). Those of realms that asked before stay (§22.3).
 * Requests of one call have their counts together. `realm` is answered for in place of those of the challenges.
 */
export const followChallenges = (
  credentials: Credentials,
  token: Token,
  counts: NonceCounts = new Map(),
  realm?: string,
): FollowChallenge => {
  const answered = new Map<string, Asked>()
  let followed = 0
  return (response, request) => {
    const asked = askedBy(response)
    if (!asked.ok) return asked
    if (followed === mostFollowed) return fault('challenge.without-end', '3261 §22.1', response.startLine)
    followed += 1
    for (const [key, { proxy, challenge }] of asked.value) {
      const before = answered.get(key)?.challenge
      const isNew = before === undefined || (challenge.stale && challenge.nonce !== before.nonce)
      if (!isNew) return fault('challenge.refused', '3261 §22.1', response.startLine)
      answered.set(key, { proxy, challenge })
    }
    const cnonce = token(64)
    const fields = [...answered].map(([key, one]) => {
      const nonce = JSON.stringify([key, one.challenge.nonce])
      const nc = (counts.get(nonce) ?? 0) + 1
      counts.set(nonce, nc)
      return credentialField(one, request, credentials, { cnonce, nc, realm })
    })
    return all(fields)
  }
}

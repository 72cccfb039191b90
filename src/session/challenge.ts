import { type Result, fault, ok } from '../core/result.ts'
import { type Credentials, answerChallenge, chooseChallenge } from '../sip/digest.ts'
import { serializeAuthorization } from '../sip/fields/authorization.ts'
import { type Challenge, challengesOf } from '../sip/fields/challenge.ts'
import type { FieldDraft, Request, Response } from '../sip/message.ts'

type Group = { readonly proxy: boolean; readonly challenges: Challenge[] }

/** One group for each realm and kind: its members are alternatives (RFC 8760 §2.4). */
const groupsOf = (response: Response): readonly Group[] => {
  const groups = new Map<string, Group>()
  for (const { challenge, proxy } of challengesOf(response)) {
    const key = JSON.stringify([proxy, challenge.realm])
    const group = groups.get(key) ?? { proxy, challenges: [] }
    group.challenges.push(challenge)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/**
 * Credentials for the next attempt, for each realm that the 401 or 407 challenges in a way that we understand; the others
 * are ignored (RFC 3261 §22.2, §22.3, RFC 8760 §2.4). `nc` counts the requests sent with this nonce, from 1.
 */
export const retryFields = (
  response: Response,
  request: Pick<Request, 'method' | 'requestUri'>,
  credentials: Credentials,
  { cnonce, nc }: { readonly cnonce: string; readonly nc: number },
): Result<readonly FieldDraft[]> => {
  const { method, requestUri: uri } = request
  const groups = groupsOf(response)
  if (groups.length === 0) return fault('challenge.missing', '3261 §22.2', response.startLine)
  const fields: FieldDraft[] = []
  for (const { proxy, challenges } of groups) {
    const challenge = chooseChallenge(challenges)
    if (challenge === undefined) continue
    const answer = answerChallenge(challenge, credentials, { method, uri, cnonce, nc })
    if (!answer.ok) return answer
    fields.push([proxy ? 'Proxy-Authorization' : 'Authorization', serializeAuthorization(answer.value)])
  }
  return fields.length > 0 ? ok(fields) : fault('digest.unsupported', '8760 §2.4', response.startLine)
}

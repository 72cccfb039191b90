import type { World } from '../core/world.ts'
import { type FollowChallenge, followChallenges, retryFields } from '../session/challenge.ts'
import type { Credentials } from '../sip/digest.ts'
import { challengesOf } from '../sip/fields/challenge.ts'
import type { FieldDraft, Response } from '../sip/message.ts'
import type { Leg } from './leg.ts'
import type { PbxPolicy } from './policy.ts'

type Attempt = {
  readonly follow: FollowChallenge
  asked?: Response
  insisted: number
}

/**
 * The fields with which a call of the PBX goes again when it was refused: challenges are followed as far as RFC 3261 §22.1
 * lets it, and any other refusal ends the attempt.
 */
export const credentialsFor = (
  policy: PbxPolicy,
  given: Credentials,
  world: World,
): ((leg: Leg, response: Response) => readonly FieldDraft[] | undefined) => {
  const attempts = new WeakMap<Leg, Attempt>()

  /** Credentials are kept for one realm, and given to no other. */
  const isKnown = (response: Response): boolean => {
    const { knowsRealm } = policy
    return knowsRealm === 'any' || challengesOf(response).some(({ challenge }) => challenge.realm === knowsRealm)
  }

  return (leg, response) => {
    const isAsked = response.status === 401 || response.status === 407
    if (isAsked && !isKnown(response)) return undefined
    const own = { ...given, ...policy.credentials }
    const request = { method: 'INVITE', requestUri: leg.requestUri }
    const attempt = attempts.get(leg) ?? {
      follow: followChallenges(own, world.token, new Map(), policy.answersRealm),
      insisted: 0,
    }
    attempts.set(leg, attempt)
    if (isAsked) {
      attempt.asked = response
      const fields = attempt.follow(response, request)
      if (fields.ok) return fields.value
    }
    const isRefused = isAsked || response.status === 403
    if (!isRefused || attempt.asked === undefined || attempt.insisted >= policy.insists) return undefined
    attempt.insisted += 1
    const again = retryFields(attempt.asked, request, own, { cnonce: world.token(64), nc: attempt.insisted + 1 })
    return again.ok ? again.value : undefined
  }
}

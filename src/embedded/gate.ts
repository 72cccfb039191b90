import type { World } from '../core/world.ts'
import { type Authenticator, createAuthenticator } from '../session/authenticate.ts'
import type { Credentials } from '../sip/digest.ts'
import type { FieldDraft, Request } from '../sip/message.ts'
import type { TrunkPolicy } from './policy.ts'

/** A nonce outlives any ladder, and no capture can be played back the next day. */
const nonceLifeMs = 60_000

export type Turned = { readonly status: number; readonly fields: readonly FieldDraft[] }

/** Who may pass: `undefined` with credentials that the trunk accepts, else how it turns the request away. */
export const createGate = (
  policy: TrunkPolicy,
  credentials: Credentials,
  world: World,
): ((request: Request) => Turned | undefined) => {
  let kept: Authenticator | undefined
  return (request) => {
    const { realm, challenge, algorithms } = policy
    const authenticator = (kept ??= createAuthenticator({ realm, challenge, algorithms, world, nonceLifeMs }))
    const challenged = (stale: boolean): Turned => ({ status: challenge, fields: authenticator.challengeFields(stale) })
    const verdict = authenticator.check(request, credentials)
    if (verdict === 'none' || verdict === 'stale') return challenged(verdict === 'stale')
    const { accepts, refusal } = policy
    if (accepts === 'any' || (accepts === 'right' && verdict === 'right')) return undefined
    return refusal === 'challenge' ? challenged(false) : { status: refusal, fields: [] }
  }
}

import type { World } from '../core/world.ts'
import { type Authenticator, createAuthenticator } from '../session/authenticate.ts'
import type { Credentials } from '../sip/digest.ts'
import { type Authorization, parseAuthorization } from '../sip/fields/authorization.ts'
import { type FieldDraft, type Request, fieldsNamed } from '../sip/message.ts'
import type { TrunkPolicy } from './policy.ts'

/** A nonce outlives any ladder, and no capture can be played back the next day. */
const nonceLifeMs = 60_000

export type Turned = { readonly status: number; readonly fields: readonly FieldDraft[] }

/** Credentials of a request, for whatever realm. */
const presented = (request: Request, challenge: 401 | 407): Authorization | undefined => {
  for (const { value } of fieldsNamed(request, challenge === 407 ? 'Proxy-Authorization' : 'Authorization')) {
    const parsed = parseAuthorization(value)
    if (parsed.ok) return parsed.value
  }
  return undefined
}

/** Who may pass: `undefined` with credentials that the trunk accepts, else how it turns the request away. */
export const createGate = (
  policy: TrunkPolicy,
  credentials: Credentials,
  world: World,
): ((request: Request) => Turned | undefined) => {
  let kept: Authenticator | undefined
  return (request) => {
    if (policy.accepts === 'unasked') return undefined
    const { realm, challenge, algorithms } = policy
    const authenticator = (kept ??= createAuthenticator({ realm, challenge, algorithms, world, nonceLifeMs }))
    const challenged = (stale: boolean): Turned => ({ status: challenge, fields: authenticator.challengeFields(stale) })
    const refused = (): Turned =>
      policy.refusal === 'challenge' ? challenged(false) : { status: policy.refusal, fields: [] }
    const own = presented(request, challenge)
    const verdict = authenticator.check(request, credentials)
    if (verdict === 'none' && own !== undefined && own.realm !== realm && policy.otherRealm !== 'challenge')
      return policy.otherRealm === 'refuse' ? refused() : undefined
    if (verdict === 'none' || verdict === 'stale') return challenged(verdict === 'stale')
    const { accepts } = policy
    if (accepts === 'any' || (accepts === 'right' && verdict === 'right')) return undefined
    if (
      accepts === 'any-user' &&
      authenticator.check(request, { ...credentials, username: own?.username ?? '' }) === 'right'
    )
      return undefined
    return refused()
  }
}

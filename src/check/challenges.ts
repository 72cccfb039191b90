import type { Contract } from '../profile/contract.ts'
import { type Authorization, parseAuthorization } from '../sip/fields/authorization.ts'
import { challengesOf } from '../sip/fields/challenge.ts'
import { fieldsNamed } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import type { Transaction } from '../observation/trace.ts'
import { answersTo } from './exchange.ts'

/** A realm that is the provider's host follows `--domain`. */
export const documentedRealm = ({ profile, domain }: Contract): string | undefined => {
  const { realm } = profile.authentication
  return realm !== undefined && profile.signalling.hosts.includes(realm) ? domain : realm
}

/** The first 401 or 407 of a transaction, and the realms for which it asks. */
export type Challenged = { readonly frame: number; readonly realms: readonly string[] }

export const challengeIn = (transaction: Transaction): Challenged | undefined => {
  for (const { seen, response } of answersTo(transaction)) {
    const challenges = response.status === 401 || response.status === 407 ? challengesOf(response) : []
    if (challenges.length > 0) return { frame: seen.frame, realms: challenges.map(({ challenge }) => challenge.realm) }
  }
  return undefined
}

/** The credentials of a request, each for a realm and for a server or a proxy (RFC 3261 §22.2, §22.3). */
export type Own = { readonly authorization: Authorization; readonly proxy: boolean }

/** What cannot be read is left out. */
export const credentialsIn = ({ request }: Transaction): readonly Own[] => {
  const message = request.message()
  return [false, true].flatMap((proxy) =>
    fieldsNamed(message, proxy ? 'Proxy-Authorization' : 'Authorization').flatMap(({ value }) => {
      const authorization = parseAuthorization(value)
      return authorization.ok ? [{ authorization: authorization.value, proxy }] : []
    }),
  )
}

export const showRealms = (realms: readonly string[]): string =>
  realms.map((realm) => `"${displayText(realm)}"`).join(' and ') || 'none'

import type { AtFault } from '../../core/finding.ts'
import type { Trace, Transaction } from '../../observation/trace.ts'
import type { Authorization } from '../../sip/fields/authorization.ts'
import type { Response } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { finalOf, serverOf, showStatus } from '../exchange.ts'
import { astrayOf, challengeTo, credentialsIn, framesOf } from './attempts.ts'
import type { Scene, Shown } from './scene.ts'

const quote = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => `"${displayText(text)}"`).join(' and ')

/** Attempts with credentials that met another challenge, one for a stale nonce apart: that tells nothing of the password. */
const challengedAgain = (attempts: readonly Transaction[]): readonly Transaction[] =>
  attempts.filter((one) => credentialsIn(one) !== undefined && challengeTo(one) !== undefined)

const isStale = (transaction: Transaction): boolean =>
  challengeTo(transaction)?.challenges.some(({ stale }) => stale) === true

/** The realms of the challenge before that attempt. */
const realmsBefore = (attempts: readonly Transaction[], transaction: Transaction): readonly string[] => {
  const before = attempts.slice(0, attempts.indexOf(transaction)).findLast((one) => challengeTo(one) !== undefined)
  return before === undefined ? [] : (challengeTo(before)?.challenges ?? []).map(({ realm }) => realm)
}

const answersOtherRealm = (attempts: readonly Transaction[], one: Transaction): boolean => {
  const realm = credentialsIn(one)?.realm
  const asked = realmsBefore(attempts, one)
  return realm !== undefined && asked.length > 0 && !asked.includes(realm)
}

const refusedWith = ({ failure }: Scene, status: number): Transaction | undefined => {
  const isSuch = failure?.kind === 'refused' && failure.answer.response.status === status
  return isSuch ? failure.transaction : undefined
}

const shown = (atFault: AtFault, why: string, through: readonly Transaction[], guess = false): Shown => ({
  atFault,
  why,
  frames: through.flatMap((one) => framesOf(one, finalOf(one))),
  ...(guess ? { guess } : {}),
})

const keyOf = ({ username, realm }: Pick<Authorization, 'username' | 'realm'>): string =>
  JSON.stringify([username, realm])

/** Users whose credentials were accepted somewhere in a trace, so that their password is right. */
export const acceptedIn = ({ transactions }: Trace): Scene['isAccepted'] => {
  const accepted = new Set<string>()
  for (const one of transactions) {
    if (one.method !== 'REGISTER' && one.method !== 'INVITE') continue
    const credentials = credentialsIn(one)
    if (credentials !== undefined && (finalOf(one)?.response.status ?? 999) < 300) accepted.add(keyOf(credentials))
  }
  return (of) => accepted.has(keyOf(of))
}

/** The server says in words what 403 leaves open. */
export const blamesPassword = ({ reason }: Response): boolean => /password|credential/i.test(reason)

/** Credentials for the right realm were challenged again, or refused where they had been asked for. */
export const wrongPassword = (scene: Scene): Shown | undefined => {
  const { attempts, contract, isAccepted } = scene
  const rightRealm = (one: Transaction) => !answersOtherRealm(attempts, one)
  const isRight = (one: Transaction): boolean => {
    const credentials = credentialsIn(one)
    return credentials !== undefined && isAccepted(credentials)
  }
  const again = challengedAgain(attempts).filter((one) => rightRealm(one) && !isStale(one) && !isRight(one))
  const [first] = again
  if (first !== undefined) {
    const user = credentialsIn(first)?.username ?? ''
    const answer = finalOf(first)
    const why = `credentials of user "${displayText(user)}" met ${answer ? showStatus(answer.response) : ''} again`
    // One that is challenged at every try may have a password that is right: then the challenger does not look.
    return shown(first.client, why, again.slice(0, 2), again.length > 1)
  }
  const refused = refusedWith(scene, contract?.profile.authentication.refusal ?? 403) ?? refusedWith(scene, 403)
  const credentials = refused && credentialsIn(refused)
  if (refused === undefined || credentials === undefined || !rightRealm(refused)) return undefined
  const answer = finalOf(refused)
  if (isRight(refused) && (answer === undefined || !blamesPassword(answer.response))) return undefined
  const status = answer ? showStatus(answer.response) : ''
  return shown(refused.client, `credentials of user "${displayText(credentials.username)}" met ${status}`, [refused])
}

/** Credentials for another realm than asked for, a realm that the provider does not document, or none for it at all. */
export const wrongRealm = (scene: Scene): Shown | undefined => {
  const { attempts, found } = scene
  const other = attempts.find((one) => answersOtherRealm(attempts, one))
  if (other !== undefined) {
    const asked = quote(realmsBefore(attempts, other))
    const why = `asked for the realm ${asked}, answered for ${quote([credentialsIn(other)?.realm ?? ''])}`
    return shown(other.client, why, [other])
  }
  const challenged = attempts.find((one) => challengeTo(one) !== undefined)
  const [finding] = found('auth-realm')
  if (challenged === undefined || finding === undefined) return undefined
  return {
    atFault: finding.atFault ?? 'undecided',
    frames: finding.frames,
    why: `${finding.actual ?? ''}, expected ${finding.expected ?? ''}`,
  }
}

/** A challenge to each of several tries, or a nonce that is stale as soon as it is used; to a right password, even one. */
export const challengeLoop = ({ attempts, isAccepted }: Scene): Shown | undefined => {
  const again = challengedAgain(attempts)
  const [first] = again
  const credentials = first && credentialsIn(first)
  if (first === undefined || credentials === undefined) return undefined
  if (again.length < 2 && !isAccepted(credentials)) return undefined
  const isAlwaysStale = again.every(isStale)
  const tries =
    again.length === 1 ? 'a request with credentials was' : `${again.length} requests with credentials were each`
  const why = `${tries} challenged again${isAlwaysStale ? ', as stale' : ''}`
  // Whether they were right, the capture does not tell.
  return shown(isAlwaysStale || isAccepted(credentials) ? serverOf(first) : 'undecided', why, again)
}

/** Challenged, and given up without a try. */
export const unansweredChallenge = ({ attempts }: Scene): Shown | undefined => {
  const last = attempts.at(-1)
  const challenged = last && challengeTo(last)
  if (last === undefined || challenged === undefined || credentialsIn(last) !== undefined) return undefined
  // Who did not get the challenge cannot answer it.
  if (astrayOf(last) !== undefined) return undefined
  const realms = quote(challenged.challenges.map(({ realm }) => realm))
  const why = `${showStatus(challenged.answer.response)} asks for credentials of the realm ${realms}, and none came`
  // A trunk has no credentials of the PBX: it is to be known by its address.
  return shown(last.client === 'trunk' ? 'pbx' : last.client, why, [last])
}

import { type Authorization, parseAuthorization } from '../../sip/fields/authorization.ts'
import { challengesOf } from '../../sip/fields/challenge.ts'
import { type Response, fieldsNamed } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { type Answer, answersTo, initialInvites, showStatus } from '../exchange.ts'
import { factOf } from '../outcomes.ts'

const id = 'auth-credentials'

const credentialsIn = (transaction: Transaction): Authorization | undefined => {
  const request = transaction.request.message()
  const fields = [...fieldsNamed(request, 'Authorization'), ...fieldsNamed(request, 'Proxy-Authorization')]
  for (const { value } of fields) {
    const authorization = parseAuthorization(value)
    if (authorization.ok) return authorization.value
  }
  return undefined
}

/** The first answer that tells what became of the credentials: a mere 100 does not. */
const decisive = (transaction: Transaction): Answer | undefined =>
  answersTo(transaction).find(({ response }) => response.status >= 180)

const isChallenge = ({ status }: Response): boolean => status === 401 || status === 407
const isStale = (response: Response): boolean => challengesOf(response).some(({ challenge }) => challenge.stale)

type Said = Pick<Judgement, 'verdict' | 'expected' | 'actual'> & Partial<Pick<Judgement, 'atFault'>>

const said = (verdict: 'pass' | 'fail', expected: string, actual: string): Said => ({ verdict, expected, actual })

/** RFC 3261 §22.1: a request without credentials is challenged. */
const uncredentialed = (response: Response): Said | undefined => {
  const expected = 'a challenge, for the call came without credentials'
  if (isChallenge(response)) return said('pass', expected, showStatus(response))
  return response.status < 300 ? said('fail', expected, `${showStatus(response)} without credentials`) : undefined
}

const wrongRefused = (response: Response, refusal: number): Said | undefined => {
  const expected = `${refusal}, for the password is wrong`
  if (response.status === refusal) return said('pass', expected, showStatus(response))
  // A nonce that grew old tells nothing of the password; neither does a server that fails.
  if ((isChallenge(response) && isStale(response)) || response.status >= 500) return undefined
  if (isChallenge(response)) return said('fail', expected, `${showStatus(response)}, a challenge again`)
  return said('fail', expected, showStatus(response))
}

const rightAccepted = (response: Response, refusal: number, isBent: boolean): Said | undefined => {
  const expected = 'the configured credentials are accepted'
  const { status } = response
  if (isChallenge(response))
    return isStale(response)
      ? undefined
      : { ...said('fail', expected, `${showStatus(response)}, a challenge again`), atFault: 'undecided' }
  // Refused for what else the ladder breaks on purpose: nobody can tell.
  if (status === refusal)
    return isBent ? undefined : { ...said('fail', expected, showStatus(response)), atFault: 'undecided' }
  const tellsNothing = status === 400 || status === 408 || (status >= 500 && status < 600)
  return tellsNothing ? undefined : said('pass', expected, showStatus(response))
}

const trunkSaid = (response: Response, hasCredentials: boolean, evidence: Evidence): Said | undefined => {
  const { breaks, contract, sut } = evidence
  const { refusal, scheme } = contract.profile.authentication
  // A trunk that we play answers as its ladder says.
  if (sut === 'pbx' || scheme === 'unknown') return undefined
  if (!hasCredentials) return uncredentialed(response)
  return breaks.includes(id) ? wrongRefused(response, refusal) : rightAccepted(response, refusal, breaks.length > 0)
}

/** RFC 3261 §22.1: credentials that have just been rejected must not be tried again. */
const pbxSaid = (transaction: Transaction, answer: Answer | undefined, own: Authorization, evidence: Evidence) => {
  const { contract, outcomes } = evidence
  const invites = (transaction.call?.transactions ?? []).filter(
    ({ client, method }) => client === 'pbx' && method === 'INVITE',
  )
  const fact = factOf(outcomes, transaction.request.frame, 'credentials')
  if (fact === 'wrong') return said('fail', 'credentials that prove right', 'a digest that does not match')
  if (contract.username !== undefined && own.username !== contract.username)
    return said('fail', `the user name "${contract.username}"`, `"${displayText(own.username)}"`)
  const refused =
    answer !== undefined &&
    (isChallenge(answer.response)
      ? !isStale(answer.response)
      : answer.response.status === contract.profile.authentication.refusal)
  if (refused) {
    const expected = `no further try after ${showStatus(answer.response)}`
    const again = invites.some(
      (later) => later.request.frame > answer.seen.frame && credentialsIn(later)?.username === own.username,
    )
    return said(again ? 'fail' : 'pass', expected, again ? 'the same user name again' : 'it gave up')
  }
  return fact === 'right' ? said('pass', 'credentials that prove right', 'a digest that matches') : undefined
}

const judgementsOf = (transaction: Transaction, evidence: Evidence): readonly Judgement[] => {
  const answer = decisive(transaction)
  const own = credentialsIn(transaction)
  const common = {
    subject: transaction.name,
    call: transaction.call?.name,
    frames: [transaction.request.frame, ...(answer === undefined ? [] : [answer.seen.frame])],
  }
  const trunk = answer && trunkSaid(answer.response, own !== undefined, evidence)
  const pbx = own && pbxSaid(transaction, answer, own, evidence)
  return [
    ...(trunk === undefined ? [] : [{ ...common, side: 'trunk' as const, ...trunk }]),
    ...(pbx === undefined ? [] : [{ ...common, side: 'pbx' as const, ...pbx }]),
  ]
}

export default defineCheck({
  id,
  title: 'Right credentials are accepted, wrong ones refused, and none is a challenge',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §22.1',
  requirement:
    'A trunk challenges a call without credentials, accepts right ones and refuses wrong ones for good; a PBX does not try rejected ones again.',
  advice: 'Check user name, password and authentication realm of the trunk.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: (evidence) =>
    initialInvites(evidence.trace)
      .filter(({ client }) => client === 'pbx')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

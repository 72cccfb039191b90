import { type Challenge, challengesOf } from '../../sip/fields/challenge.ts'
import type { Response } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Own, credentialsIn } from '../challenges.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { type Answer, answersTo, initialInvites, showStatus } from '../exchange.ts'
import { factOf } from '../outcomes.ts'

const id = 'auth-credentials'

/** The first answer that tells what became of the credentials: a mere 100 does not. */
const decisive = (transaction: Transaction): Answer | undefined =>
  answersTo(transaction).find(({ response }) => response.status >= 180)

const isChallenge = ({ status }: Response): boolean => status === 401 || status === 407

/** Challenges of who was given credentials already; others ask for the first time. */
const askedAgain = (response: Response, own: readonly Own[]): readonly Challenge[] =>
  challengesOf(response)
    .filter(({ challenge, proxy }) =>
      own.some((one) => one.proxy === proxy && one.authorization.realm === challenge.realm),
    )
    .map(({ challenge }) => challenge)

/** A nonce that grew old tells nothing of the password (RFC 7616 §3.3); several algorithms of one realm go together. */
const isRefused = (response: Response, own: readonly Own[]): boolean => {
  const again = askedAgain(response, own)
  return again.length > 0 && !again.some(({ stale }) => stale)
}

type Said = Pick<Judgement, 'verdict' | 'expected' | 'actual'> & Partial<Pick<Judgement, 'atFault'>>

const said = (verdict: 'pass' | 'fail', expected: string, actual: string): Said => ({ verdict, expected, actual })

/** RFC 3261 §22.1: a request without credentials is challenged. */
const uncredentialed = (response: Response): Said | undefined => {
  const expected = 'a challenge, for the call came without credentials'
  if (isChallenge(response)) return said('pass', expected, showStatus(response))
  return response.status < 300 ? said('fail', expected, `${showStatus(response)} without credentials`) : undefined
}

const wrongRefused = (response: Response, refusal: number): Said | undefined => {
  const expected = `${refusal}, for the credentials are wrong`
  if (response.status === refusal) return said('pass', expected, showStatus(response))
  // A nonce that grew old tells nothing of the password; neither does a server that fails.
  const isStale = isChallenge(response) && challengesOf(response).some(({ challenge }) => challenge.stale)
  if (isStale || response.status >= 500) return undefined
  if (isChallenge(response)) return said('fail', expected, `${showStatus(response)}, a challenge again`)
  return said('fail', expected, showStatus(response))
}

const rightAccepted = (
  response: Response,
  own: readonly Own[],
  refusal: number,
  isBent: boolean,
  inDialog: boolean,
): Said | undefined => {
  const expected = 'the configured credentials are accepted'
  const { status } = response
  if (isChallenge(response))
    return isRefused(response, own)
      ? { ...said('fail', expected, `${showStatus(response)}, a challenge again`), atFault: 'undecided' }
      : undefined
  // Refused for what else the ladder breaks on purpose: nobody can tell.
  if (status === refusal)
    return isBent ? undefined : { ...said('fail', expected, showStatus(response)), atFault: 'undecided' }
  // Within a call most other refusals are no word about who asks.
  const tellsNothing =
    status === 400 || status === 408 || (status >= 500 && status < 600) || (inDialog && status >= 300)
  return tellsNothing ? undefined : said('pass', expected, showStatus(response))
}

const trunkSaid = (
  response: Response,
  own: readonly Own[],
  inDialog: boolean,
  evidence: Evidence,
): Said | undefined => {
  const { breaks, contract, sut } = evidence
  const { refusal, scheme } = contract.profile.authentication
  // A trunk that we play answers as its ladder says.
  if (sut === 'pbx' || scheme === 'unknown') return undefined
  if (own.length === 0) return inDialog ? undefined : uncredentialed(response)
  return breaks.includes(id)
    ? wrongRefused(response, refusal)
    : rightAccepted(response, own, refusal, breaks.length > 0, inDialog)
}

/** RFC 3261 §22.1: credentials that have just been rejected must not be tried again. */
const pbxSaid = (
  transaction: Transaction,
  answer: Answer | undefined,
  own: readonly Own[],
  evidence: Evidence,
): Said | undefined => {
  const { breaks, contract, outcomes } = evidence
  // Asked for the realm of a stranger, it may give any name.
  const isProvider = !breaks.includes('auth-realm')
  const invites = (transaction.call?.transactions ?? []).filter(
    ({ client, method }) => client === 'pbx' && method === 'INVITE',
  )
  const fact = factOf(outcomes, transaction.request.frame, 'credentials')
  if (isProvider && fact === 'wrong')
    return said('fail', 'credentials that prove right', 'a digest that does not match')
  const names = own.map(({ authorization }) => authorization.username)
  const other = names.find((name) => name !== contract.username)
  if (isProvider && contract.username !== undefined && other !== undefined)
    return said('fail', `the user name "${contract.username}"`, `"${displayText(other)}"`)
  const refused =
    answer !== undefined &&
    (isChallenge(answer.response)
      ? isRefused(answer.response, own)
      : answer.response.status === contract.profile.authentication.refusal)
  if (refused) {
    const expected = `no further try after ${showStatus(answer.response)}`
    const again = invites.some(
      (later) =>
        later.request.frame > answer.seen.frame &&
        credentialsIn(later).some(({ authorization }) => names.includes(authorization.username)),
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
  const { inDialog } = transaction
  const trunk = answer && trunkSaid(answer.response, own, inDialog, evidence)
  const pbx = own.length === 0 || inDialog ? undefined : pbxSaid(transaction, answer, own, evidence)
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
    [...initialInvites(evidence.trace), ...evidence.trace.transactions.filter(({ inDialog }) => inDialog)]
      // A CANCEL goes hop by hop, and is never challenged (RFC 3261 §22.1).
      .filter(({ client, method }) => client === 'pbx' && method !== 'CANCEL')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

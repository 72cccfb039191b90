import type { Transaction } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { challengeIn, credentialsIn, documentedRealm, showRealms } from '../challenges.ts'
import { initialInvites } from '../exchange.ts'

/** RFC 3261 §22.1: who has no credentials for a realm may try this name, which gives nothing away. */
const anonymous = 'anonymous'

const givenTo = (transaction: Transaction, realms: readonly string[]): boolean =>
  credentialsIn(transaction).some(
    ({ authorization: { username, realm } }) => realms.includes(realm) && username !== anonymous,
  )

const judgementsOf = (transaction: Transaction, evidence: Evidence): readonly Judgement[] => {
  const { contract, trace } = evidence
  const documented = documentedRealm(contract)
  const challenge = challengeIn(transaction)
  if (documented === undefined || challenge === undefined || challenge.realms.includes(documented)) return []
  const { name, call, request } = transaction
  const given = initialInvites(trace).find(
    (later) => later.call === call && later.request.frame > challenge.frame && givenTo(later, challenge.realms),
  )
  return [
    {
      subject: name,
      call: call?.name,
      side: 'pbx',
      verdict: given === undefined ? 'pass' : 'fail',
      expected: `no credentials for the realm ${showRealms(challenge.realms)}, which is not "${documented}"`,
      actual: given === undefined ? 'it gave none' : 'a digest of its password',
      frames: [request.frame, challenge.frame, ...(given === undefined ? [] : [given.request.frame])],
    },
  ]
}

export default defineCheck({
  id: 'auth-foreign-realm',
  title: 'Credentials are not given to the realm of a stranger',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §22.1',
  requirement:
    'A PBX chooses its credentials by the realm of the challenge, and has none for a realm that it does not know.',
  advice: 'Set the realm of the credentials of the trunk, so that they are given to no other.',
  judges: ['pbx'],
  needsProfile: true,
  presupposes: [],
  absence: true,
  // Where the trunk is not ours, a realm that nobody documents is its own mistake: the check auth-realm tells it.
  judge: (evidence) =>
    evidence.sut === 'pbx' && evidence.breaks.includes('auth-realm')
      ? initialInvites(evidence.trace)
          .filter(({ client }) => client === 'pbx')
          .flatMap((transaction) => judgementsOf(transaction, evidence))
      : [],
})

import type { Contract } from '../../profile/contract.ts'
import { fieldAt } from '../../sip/view.ts'
import type { Transaction } from '../../observation/trace.ts'
import { challengeIn, credentialsIn, documentedRealm, showRealms } from '../challenges.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { serverOf } from '../exchange.ts'
import { otherPlatformOf } from '../hosts.ts'

/** Whether the documented realm has asked in the same call: a server and proxies before it ask each for their own (RFC 3261 §22.3). */
const isBeside = ({ call, client }: Transaction, expected: string): boolean =>
  (call?.transactions ?? []).some(
    (other) => other.client === client && challengeIn(other)?.realms.includes(expected) === true,
  )

/** RFC 3261 §22.1: the realm tells which credentials are asked for. */
const challengeJudgement = (transaction: Transaction, contract: Contract): readonly Judgement[] => {
  const expected = documentedRealm(contract)
  const challenged = challengeIn(transaction)
  if (expected === undefined || challenged === undefined || serverOf(transaction) !== 'trunk') return []
  const isDocumented = challenged.realms.includes(expected)
  if (!isDocumented && isBeside(transaction, expected)) return []
  // A host of another platform may ask for the realm of that.
  if (otherPlatformOf(fieldAt(transaction.request.message(), 'Request-URI.host'), contract) !== undefined) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: 'trunk',
      verdict: isDocumented ? 'pass' : 'fail',
      expected: `a challenge with the realm "${expected}"`,
      actual: `the realm ${showRealms(challenged.realms)}`,
      frames: [challenged.frame],
    },
  ]
}

/** RFC 3261 §22.2: credentials are given for the realm of the challenge, byte for byte (RFC 7616 §3.3). */
const answerJudgement = (transaction: Transaction): readonly Judgement[] => {
  const realms = credentialsIn(transaction).map(({ authorization }) => authorization.realm)
  const before = (transaction.call?.transactions ?? []).filter(
    ({ request, client }) => client === transaction.client && request.frame < transaction.request.frame,
  )
  const challenged = before.map(challengeIn).findLast((challenge) => challenge !== undefined)
  if (challenged === undefined || realms.length === 0) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: transaction.client,
      verdict: realms.some((realm) => challenged.realms.includes(realm)) ? 'pass' : 'fail',
      expected: `credentials for the realm ${showRealms(challenged.realms)} of the challenge`,
      actual: `credentials for ${showRealms(realms)}`,
      frames: [challenged.frame, transaction.request.frame],
    },
  ]
}

export default defineCheck({
  id: 'auth-realm',
  title: 'The digest realm is the documented one',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §22.1',
  requirement: 'A trunk challenges with the realm that the provider documents, and a PBX answers for that realm.',
  advice: 'Compare the authentication realm of the configuration with the one that the provider documents.',
  judges: ['trunk', 'pbx'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, contract }) =>
    trace.transactions
      .filter(({ method, inDialog }) => method === 'INVITE' || inDialog)
      .flatMap((transaction) => [
        ...challengeJudgement(transaction, contract),
        ...(transaction.inDialog ? [] : answerJudgement(transaction)),
      ]),
})

import type { Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answersTo, finalOf, showStatus } from '../exchange.ts'

const isChallenge = (status: number): boolean => status === 401 || status === 407

const judgementsOf = (transaction: Transaction): readonly Judgement[] => {
  const challenge = answersTo(transaction).find(({ response }) => isChallenge(response.status))
  const answer = challenge ?? finalOf(transaction)
  if (answer === undefined) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: 'pbx',
      verdict: challenge === undefined ? 'pass' : 'fail',
      expected: `an answer to ${transaction.method} that asks for no credentials`,
      actual: showStatus(answer.response),
      frames: [transaction.request.frame, answer.seen.frame],
    },
  ]
}

export default defineCheck({
  id: 'provider-not-challenged',
  title: 'The PBX asks the provider for no credentials',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §22.1',
  requirement:
    'A request of the trunk is not answered 401 or 407: a provider has no credentials for the PBX of a customer.',
  advice: 'Let the PBX tell the provider by its addresses, and take authentication off the trunk for calls in.',
  judges: ['pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    trace.transactions
      // An OPTIONS is for signs of life, and any final answer is one.
      .filter(({ client, method }) => client === 'trunk' && method !== 'OPTIONS')
      .flatMap(judgementsOf),
})

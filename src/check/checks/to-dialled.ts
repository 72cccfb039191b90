import { fieldAt } from '../../sip/view.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { finalOf, initialInvites, showStatus } from '../exchange.ts'

const userAt = (transaction: Transaction, path: string): string | undefined =>
  fieldAt(transaction.request.message(), path)?.replaceAll('+', '')

/** Only a line that is busy tells which of two numbers was called. */
const judgementsOf = (transaction: Transaction, { contract, sut }: Evidence): readonly Judgement[] => {
  const { profile, numbers } = contract
  const final = finalOf(transaction)
  const busy = numbers.busy?.replaceAll('+', '')
  if (profile.numbers.dialled !== 'to' || sut === 'pbx' || final === undefined || busy === undefined) return []
  if (userAt(transaction, 'To.user') !== busy || userAt(transaction, 'Request-URI.user') === busy) return []
  const { status } = final.response
  const isBusy = status === 486 || status === 600
  // Any other refusal tells of credentials or of how the call is written.
  if (!isBusy && status >= 300) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: 'trunk',
      verdict: isBusy ? 'pass' : 'fail',
      expected: 'the number in To is called, whose line is busy',
      actual: showStatus(final.response),
      frames: [transaction.request.frame, final.seen.frame],
    },
  ]
}

export default defineCheck({
  id: 'to-dialled',
  title: 'The number in To is the one that is called',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.2',
  requirement: 'Where the provider documents it, a call goes to the number in To, whatever number the Request-URI has.',
  advice: 'Write the same number into Request-URI and To: then it does not matter which of them the provider calls.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: [],
  judge: (evidence) =>
    initialInvites(evidence.trace)
      .filter(({ client }) => client === 'pbx')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

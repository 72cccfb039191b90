import type { Transaction } from '../../observation/trace.ts'
import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { finalOf, initialInvites, showStatus } from '../exchange.ts'
import { isOwned, ownedBy } from '../owned.ts'

/** What the trunk owes a call under another's number: it is refused, whatever the status. */
const refusal = (transaction: Transaction): readonly Judgement[] => {
  const final = finalOf(transaction)
  if (final === undefined || [401, 407].includes(final.response.status)) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: 'trunk',
      verdict: final.response.status >= 300 ? 'pass' : 'fail',
      expected: 'a call under a caller ID that is not owned is refused',
      actual: showStatus(final.response),
      frames: [transaction.request.frame, final.seen.frame],
    },
  ]
}

const judgementsOf = (transaction: Transaction, { contract, sut }: Evidence): readonly Judgement[] => {
  const user = fieldAt(transaction.request.message(), 'From.user')
  const owned = isOwned(user, contract)
  const sent: Judgement = {
    subject: transaction.name,
    call: transaction.call?.name,
    side: 'pbx',
    verdict: owned ? 'pass' : 'fail',
    expected: `the caller ID ${ownedBy(contract).join(' or ')}`,
    actual: user === undefined ? 'a From without a number' : `"${displayText(user)}" in From`,
    frames: [transaction.request.frame],
  }
  // A trunk that we play answers as its ladder says.
  return owned || sut === 'pbx' ? [sent] : [sent, ...refusal(transaction)]
}

export default defineCheck({
  id: 'caller-id-owned',
  title: 'Calls out show a number of the account',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.3',
  requirement: 'The caller ID of a call to the trunk is a number of the account; a trunk refuses any other.',
  advice: 'Set the caller ID of the trunk to a number that the provider assigned or verified for this account.',
  judges: ['pbx', 'trunk'],
  needsProfile: true,
  presupposes: [],
  judge: (evidence) =>
    ownedBy(evidence.contract).length === 0
      ? []
      : initialInvites(evidence.trace)
          .filter(({ client }) => client === 'pbx')
          .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

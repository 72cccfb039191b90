import type { Transaction } from '../../observation/trace.ts'
import { fieldAt } from '../../sip/view.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { finalOf, initialInvites, showStatus } from '../exchange.ts'
import { digitsOf } from '../owned.ts'

/**
 * Statuses that refuse a call for how it is written or whence it comes. The others tell of the callee (RFC 3261 §21.4.18,
 * 486), of codecs, or of a server that fails.
 */
const forForm = new Set([400, 402, 403, 404, 405, 406, 410, 413, 414, 416, 420, 421, 484, 485, 501, 505, 604])

const judgementsOf = (transaction: Transaction, { contract, breaks }: Evidence): readonly Judgement[] => {
  const final = finalOf(transaction)
  const called = fieldAt(transaction.request.message(), 'Request-URI.user')?.split(';')[0]
  const { did } = contract.numbers
  if (final === undefined || called === undefined || did === undefined || digitsOf(called) !== digitsOf(did)) return []
  const { status } = final.response
  // What our side breaks on purpose may be refused.
  if (status >= 300 && (!forForm.has(status) || breaks.length > 0)) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: 'pbx',
      verdict: status < 300 ? 'pass' : 'fail',
      expected: 'a call to the DID in the documented form is taken',
      actual: showStatus(final.response),
      frames: [transaction.request.frame, final.seen.frame],
    },
  ]
}

export default defineCheck({
  id: 'call-in-accepted',
  title: 'The PBX takes calls as the provider writes them',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.2.2',
  requirement:
    'A call to the DID is not refused for its + or its URI parameters, for the hosts in From and To, or for header fields that the PBX does not know.',
  advice:
    'Look at what the status says of the INVITE: a dial plan that knows digits only, a trunk that is told by its From host, or a filter of header fields.',
  judges: ['pbx'],
  presupposes: [],
  judge: (evidence) =>
    initialInvites(evidence.trace)
      .filter(({ client }) => client === 'trunk')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

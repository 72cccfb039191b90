import { reasonsOf } from '../../sip/fields/reason.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { finalOf, initialInvites, serverOf, showStatus } from '../exchange.ts'
import { causesOf, isUnspecific } from '../release-causes.ts'

const judgementsOf = (transaction: Transaction): readonly Judgement[] => {
  const final = finalOf(transaction)
  if (final === undefined || final.response.status < 300) return []
  const cause = reasonsOf(final.response).find(({ protocol }) => protocol.toUpperCase() === 'Q.850')?.cause
  const known = causesOf(final.response.status)
  // No Reason is no mistake, and one that says nothing of its own contradicts nothing.
  if (cause === undefined || known === undefined || isUnspecific(cause)) return []
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: serverOf(transaction),
      verdict: known.includes(cause) ? 'pass' : 'fail',
      expected: `cause ${known.join(' or ')} of Q.850 with ${showStatus(final.response)}`,
      actual: `cause ${cause}`,
      frames: [final.seen.frame],
    },
  ]
}

export default defineCheck({
  id: 'cause-mapping',
  title: 'The cause in Reason is one that the status stands for',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3398 §7.2.4.1, §8.2.6.1',
  requirement: 'Where a refusal has a Reason of Q.850, its cause and the status tell the same.',
  advice:
    'Compare the mapping of release causes to SIP statuses in the gateway or PBX with the tables of RFC 3398: callers hear the wrong announcement, and routes fail over where they should not.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => initialInvites(trace).flatMap(judgementsOf),
})

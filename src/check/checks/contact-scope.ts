import { isIpLiteral } from '../../core/address.ts'
import { showEndpoint } from '../../core/frame.ts'
import type { Contract } from '../../profile/contract.ts'
import { fieldAt } from '../../sip/view.ts'
import type { Seen, Transaction } from '../../observation/trace.ts'
import { urisIn } from '../../observation/dialogs.ts'
import { reachOf, showReach } from '../reach.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answersTo, initialInvites } from '../exchange.ts'

const judgementOf = (transaction: Transaction, seen: Seen, contract: Contract): readonly Judgement[] => {
  const host = fieldAt(seen.message(), 'Contact.host')
  // What a name stands for, the trace does not show.
  if (host === undefined || !isIpLiteral(host)) return []
  const [from, to] = [reachOf(seen.source.address, contract), reachOf(host, contract)]
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: seen.sender,
      verdict: to < from ? 'fail' : 'pass',
      expected: `a Contact that is as ${showReach(from)} as the source ${showEndpoint(seen.source)} of the message`,
      actual: `the ${showReach(to)} address ${host}`,
      frames: [seen.frame],
    },
  ]
}

/**
 * The message by which each side tells where it wants the requests of the call: INVITE, and the 2xx to it. One that went
 * through a recording proxy of that side is left out: the proxy is what must be reached (RFC 3261 §16.12.1.1).
 */
const contactsOf = (transaction: Transaction): readonly Seen[] => {
  const given = urisIn(transaction.request.message(), 'Record-Route')
  const accepted = answersTo(transaction).find(({ response }) => response.status >= 200 && response.status < 300)
  const recorded = accepted === undefined ? [] : urisIn(accepted.response, 'Record-Route')
  return [
    ...(given.length === 0 ? [transaction.request] : []),
    ...(accepted !== undefined && recorded.length <= given.length ? [accepted.seen] : []),
  ]
}

export default defineCheck({
  id: 'contact-scope',
  title: 'The Contact can be reached from where its message arrives',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.8, §12.1.1',
  requirement: 'The host of a Contact is not of a narrower scope than the address from which its message came.',
  advice:
    'Set the external address of the PBX (advertised address, NAT setting), so that Contact holds what the other side can reach.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace, contract }) =>
    initialInvites(trace).flatMap((transaction) =>
      contactsOf(transaction).flatMap((seen) => judgementOf(transaction, seen, contract)),
    ),
})

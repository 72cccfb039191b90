import { inCidr, isIpLiteral, scopeOf } from '../../core/address.ts'
import { showEndpoint } from '../../core/frame.ts'
import type { Contract } from '../../profile/contract.ts'
import { fieldAt } from '../../sip/view.ts'
import type { Seen, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answersTo, initialInvites } from '../exchange.ts'

/** How far an address reaches: the higher, the farther. Addresses for documentation stand for public ones. */
const reach = {
  unspecified: 0,
  loopback: 1,
  'link-local': 2,
  private: 3,
  multicast: 4,
  documentation: 4,
  public: 4,
} as const

const reachOf = (address: string, contract: Contract): number =>
  contract.publicAddresses.some((block) => inCidr(address, block)) ? reach.public : reach[scopeOf(address)]

const word = (value: number): string =>
  ['unspecified', 'loopback', 'link-local', 'private', 'public'][value] ?? 'public'

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
      expected: `a Contact that is as ${word(from)} as the source ${showEndpoint(seen.source)} of the message`,
      actual: `the ${word(to)} address ${host}`,
      frames: [seen.frame],
    },
  ]
}

/** The message by which each side tells where it wants the requests of the call: INVITE, and the 2xx to it. */
const contactsOf = (transaction: Transaction): readonly Seen[] => {
  const accepted = answersTo(transaction).find(({ response }) => response.status >= 200 && response.status < 300)
  return accepted === undefined ? [transaction.request] : [transaction.request, accepted.seen]
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

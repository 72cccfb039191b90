import { parseAddressList } from '../../sip/fields/address.ts'
import { fieldsNamed } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { isSipUri, parseUri } from '../../sip/uri.ts'
import type { Seen, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answersTo, initialInvites, showStatus } from '../exchange.ts'

/** What is wrong with the Contact of a message; `undefined` where nothing is. */
const wrongWith = (seen: Seen): string | undefined => {
  const values = fieldsNamed(seen.message(), 'Contact').map(({ value }) => value)
  if (values.length === 0) return 'no Contact'
  const lists = values.map(parseAddressList)
  const addresses = lists.flatMap((list) => (list.ok ? list.value : []))
  if (lists.some(({ ok }) => !ok)) return `Contact: ${displayText(values.join(', '))}, which cannot be read`
  if (addresses.length !== 1) return `${addresses.length} Contacts`
  const [uri = ''] = addresses.map((address) => address.uri)
  const parsed = parseUri(uri)
  return parsed.ok && isSipUri(parsed.value) ? undefined : `Contact: ${displayText(uri)}, which is no SIP URI`
}

const judgementOf = (transaction: Transaction, seen: Seen, what: string): Judgement => {
  const wrong = wrongWith(seen)
  return {
    subject: transaction.name,
    call: transaction.call?.name,
    side: seen.sender,
    verdict: wrong === undefined ? 'pass' : 'fail',
    expected: 'one Contact, with a SIP URI',
    actual: `${wrong ?? 'so'} in ${what}`,
    frames: [seen.frame],
  }
}

/** The messages by which both sides make the dialog: a provisional response may do without (RFC 3261 §20, table 2). */
const judgementsOf = (transaction: Transaction): readonly Judgement[] => {
  const accepted = answersTo(transaction).find(({ response }) => response.status >= 200 && response.status < 300)
  return [
    judgementOf(transaction, transaction.request, 'INVITE'),
    ...(accepted === undefined ? [] : [judgementOf(transaction, accepted.seen, showStatus(accepted.response))]),
  ]
}

export default defineCheck({
  id: 'contact-present',
  title: 'Who makes a call says where its requests are to go',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.8, §12.1.1',
  requirement: 'An INVITE that asks for a call, and the 2xx that accepts it, have a Contact with one SIP URI.',
  advice:
    'Let the stack write its own Contact into INVITE and 200: without it the other side does not know where ACK and BYE are to go.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => initialInvites(trace).flatMap(judgementsOf),
})

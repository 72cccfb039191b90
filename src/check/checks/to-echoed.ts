import { type NameAddr, parseNameAddr, tagOf } from '../../sip/fields/address.ts'
import { type Message, fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { defineCheck } from '../check.ts'
import { answersTo, serverOf, showStatus } from '../exchange.ts'
import { sameInAll } from '../uris.ts'

const toOf = (message: Message): NameAddr | undefined => {
  const parsed = parseNameAddr(fieldValue(message, 'To') ?? '')
  return parsed.ok ? parsed.value : undefined
}

/** The URI, and the tag where the request had one; the display name is decoration. */
const echoes = (sent: NameAddr, response: Message): boolean => {
  const returned = toOf(response)
  if (returned === undefined) return false
  const tag = tagOf(sent)
  return sameInAll(sent.uri, returned.uri) && (tag === undefined || tag === tagOf(returned))
}

const show = (message: Message): string => `To: ${displayText(fieldValue(message, 'To') ?? 'none')}`

export default defineCheck({
  id: 'to-echoed',
  title: 'Responses carry the To of the request',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.2.6.2',
  requirement: 'The To of a response has the URI of the request, and its tag where it had one.',
  advice: 'Find the rule that rewrites To in responses (number translation, SIP ALG) and exempt it.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    trace.transactions.flatMap((transaction) => {
      const request = transaction.request.message()
      const sent = toOf(request)
      const answers = answersTo(transaction)
      if (sent === undefined || answers.length === 0) return []
      const spoilt = answers.find(({ response }) => !echoes(sent, response))
      const judged = spoilt === undefined ? answers : [spoilt]
      return [
        {
          subject: transaction.name,
          call: transaction.call?.name,
          side: serverOf(transaction),
          verdict: spoilt === undefined ? ('pass' as const) : ('fail' as const),
          expected: `${show(request)}, apart from a tag that is added`,
          actual:
            spoilt === undefined
              ? `the same in ${answers.map(({ response }) => showStatus(response)).join(', ')}`
              : `${show(spoilt.response)} in ${showStatus(spoilt.response)}`,
          frames: [transaction.request.frame, ...judged.map(({ seen }) => seen.frame)],
        },
      ]
    }),
})

import { type NameAddr, parseNameAddr, tagOf } from '../../sip/fields/address.ts'
import { type Message, fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { defineCheck } from '../check.ts'
import { echoJudgements } from '../echo.ts'
import { sameInAll } from '../uris.ts'

const toOf = (message: Message): NameAddr | undefined => {
  const parsed = parseNameAddr(fieldValue(message, 'To') ?? '')
  return parsed.ok ? parsed.value : undefined
}

/** The URI, and the tag where the request had one; the display name is decoration. */
const echoes = (sent: NameAddr | undefined, response: Message): boolean => {
  const returned = toOf(response)
  if (sent === undefined || returned === undefined) return false
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
  judge: ({ trace }) => {
    // A request whose To cannot be read is not judged.
    const transactions = trace.transactions.filter(({ request }) => toOf(request.message()) !== undefined)
    return echoJudgements(
      { transactions },
      {
        lost: (request, response) => (echoes(toOf(request), response) ? undefined : 'To'),
        expected: (request) => `${show(request)}, apart from a tag that is added`,
        returned: show,
      },
    )
  },
})

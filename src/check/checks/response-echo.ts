import { parseNameAddr, tagOf } from '../../sip/fields/address.ts'
import { cseqOf } from '../../sip/fields/cseq.ts'
import { type Message, fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { defineCheck } from '../check.ts'
import { echoJudgements } from '../echo.ts'
import { sameInAll } from '../uris.ts'

const fields = ['From', 'Call-ID', 'CSeq'] as const
type EchoedField = (typeof fields)[number]

/** The URI and the tag; the display name is decoration. */
const sameFrom = (request: Message, response: Message): boolean => {
  const [sent, returned] = [request, response].map((message) => parseNameAddr(fieldValue(message, 'From') ?? ''))
  if (sent?.ok !== true || returned?.ok !== true) return fieldValue(request, 'From') === fieldValue(response, 'From')
  return sameInAll(sent.value.uri, returned.value.uri) && tagOf(sent.value) === tagOf(returned.value)
}

const sameCSeq = (request: Message, response: Message): boolean => {
  const [sent, returned] = [cseqOf(request), cseqOf(response)]
  if (!sent.ok || !returned.ok) return fieldValue(request, 'CSeq') === fieldValue(response, 'CSeq')
  return sent.value.seq === returned.value.seq && sent.value.method === returned.value.method
}

const isEchoed = (name: EchoedField, request: Message, response: Message): boolean => {
  if (name === 'From') return sameFrom(request, response)
  return name === 'CSeq' ? sameCSeq(request, response) : fieldValue(request, name) === fieldValue(response, name)
}

const show = (name: EchoedField, message: Message): string =>
  `${name}: ${displayText(fieldValue(message, name) ?? 'none')}`

export default defineCheck({
  id: 'response-echo',
  title: 'Responses carry the From, Call-ID and CSeq of the request',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.2.6.2',
  requirement: 'From with its tag, Call-ID and CSeq of a response equal those of the request.',
  advice:
    'Find the rule that rewrites From, Call-ID or CSeq in responses (number translation, topology hiding, SIP ALG) and exempt it.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    echoJudgements(trace, {
      lost: (request, response) => fields.find((name) => !isEchoed(name, request, response)),
      expected: (request, name) => (name === undefined ? fields : [name]).map((each) => show(each, request)).join(', '),
      returned: (response, name) => show(name, response),
    }),
})

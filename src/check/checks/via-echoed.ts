import { type Via, viasOf } from '../../sip/fields/via.ts'
import type { Message } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { defineCheck } from '../check.ts'
import { echoJudgements } from '../echo.ts'
import { sameParams } from '../uris.ts'

/** What a server may add to the topmost value (RFC 3261 §18.2.1, RFC 3581 §4). */
const added = ['received', 'rport']

const sameVia = (a: Via, b: Via, isTop: boolean): boolean =>
  `${a.protocol}/${a.version}/${a.transport}`.toUpperCase() ===
    `${b.protocol}/${b.version}/${b.transport}`.toUpperCase() &&
  a.host.toLowerCase() === b.host.toLowerCase() &&
  a.port === b.port &&
  sameParams(a.params, b.params, isTop ? added : [])

const valuesOf = (message: Message): string =>
  displayText(
    message.fields
      .filter(({ name }) => name === 'Via')
      .map(({ value }) => value)
      .join(', '),
  ) || 'none'

const echoes = (request: Message, response: Message): boolean => {
  const [sent, returned] = [viasOf(request), viasOf(response)]
  // Values that we cannot read must come back as they were.
  if (!sent.ok || !returned.ok) return valuesOf(request) === valuesOf(response)
  return (
    sent.value.length === returned.value.length &&
    sent.value.every((via, index) => {
      const other = returned.value[index]
      return other !== undefined && sameVia(via, other, index === 0)
    })
  )
}

export default defineCheck({
  id: 'via-echoed',
  title: 'Responses carry the Via values of the request',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.2.6.2',
  requirement:
    'The Via values of a response equal those of the request, in order, but for received and rport on the topmost.',
  advice: 'Look for a SIP ALG or a topology-hiding rule that rewrites Via, and switch it off for this trunk.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) =>
    echoJudgements(trace, {
      lost: (request, response) => (echoes(request, response) ? undefined : 'Via'),
      expected: (request) => `Via: ${valuesOf(request)}`,
      returned: (response) => `Via: ${valuesOf(response)}`,
    }),
})

import { displayText } from '../../sip/text.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { type InDialog, dueOf, inDialogRequests } from '../in-dialog.ts'
import { sameInAll } from '../uris.ts'

const judgementOf = (request: InDialog): readonly Judgement[] => {
  const { targets } = dueOf(request)
  if (targets.length === 0) return []
  const { requestUri } = request.seen.message()
  const met = targets.some(({ value }) => sameInAll(value, requestUri))
  return [
    {
      subject: request.subject,
      call: request.call.name,
      side: request.seen.sender,
      verdict: met ? 'pass' : 'fail',
      expected: `Request-URI ${targets.map(({ value }) => displayText(value)).join(' or ')}`,
      actual: `Request-URI ${displayText(requestUri)}`,
      frames: [...targets.map(({ frame }) => frame), request.seen.frame],
    },
  ]
}

export default defineCheck({
  id: 'in-dialog-target',
  title: 'Requests within a dialog go to the Contact of the peer',
  subject: 'message',
  strength: 'MUST',
  cite: '3261 §12.2.1.1',
  requirement:
    'The Request-URI within a dialog, also that of the ACK to a 2xx, is the Contact URI of the peer with all its parameters.',
  advice:
    'Let the Contact of the peer pass unchanged; look for a rule that builds the Request-URI from address or number.',
  judges: ['trunk', 'pbx'],
  presupposes: [],
  judge: ({ trace }) => trace.calls.flatMap(inDialogRequests).flatMap(judgementOf),
})

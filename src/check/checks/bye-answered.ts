import type { Trace, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { type Answer, allFrames, finalOf, isGivenUp, isGlare, serverOf, showSilence, showStatus } from '../exchange.ts'

const isFine = (transaction: Transaction, { response }: Answer): boolean =>
  response.status < 300 || [401, 407].includes(response.status) || (response.status === 481 && isGlare(transaction))

const judgementOf = (transaction: Transaction, trace: Trace): Judgement => {
  const final = finalOf(transaction)
  const { name, call, request } = transaction
  const common = { subject: name, call: call?.name, side: serverOf(transaction), expected: '200 to BYE' }
  return final === undefined
    ? {
        ...common,
        verdict: isGivenUp(request, trace) ? 'fail' : 'inconclusive',
        actual: showSilence(request, trace),
        frames: allFrames(request),
      }
    : {
        ...common,
        verdict: isFine(transaction, final) ? 'pass' : 'fail',
        actual: showStatus(final.response),
        frames: [request.frame, final.seen.frame],
      }
}

export default defineCheck({
  id: 'bye-answered',
  title: 'BYE is answered',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §15.1.2',
  requirement: 'A BYE within a call that is up gets a 200.',
  advice:
    'Look whether the BYE reached the far end, and whether it knows the dialog: Contact, tags and route must be those of the call.',
  judges: ['pbx', 'trunk'],
  presupposes: ['in-dialog-source'],
  absence: true,
  judge: ({ trace }) =>
    trace.transactions.filter(({ method }) => method === 'BYE').map((transaction) => judgementOf(transaction, trace)),
})

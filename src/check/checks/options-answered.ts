import { defineCheck } from '../check.ts'
import { allFrames, finalOf, isGivenUp, serverOf, showSilence, showStatus } from '../exchange.ts'

export default defineCheck({
  id: 'options-answered',
  title: 'OPTIONS is answered',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §11.2',
  requirement: 'An OPTIONS gets a final response; any of them shows that the far end is alive.',
  advice: 'Allow OPTIONS from this peer: it is how the other side learns that the trunk is up.',
  judges: ['pbx', 'trunk'],
  presupposes: ['sut-unreachable'],
  absence: true,
  judge: ({ trace }) =>
    trace.transactions
      .filter(({ method }) => method === 'OPTIONS')
      .map((transaction) => {
        const { name, call, request } = transaction
        const final = finalOf(transaction)
        const common = { subject: name, call: call?.name, side: serverOf(transaction), expected: 'a final response' }
        return final === undefined
          ? {
              ...common,
              verdict: isGivenUp(request, trace) ? 'fail' : 'inconclusive',
              actual: showSilence(request, trace),
              frames: allFrames(request),
            }
          : {
              ...common,
              verdict: 'pass',
              actual: showStatus(final.response),
              frames: [request.frame, final.seen.frame],
            }
      }),
})

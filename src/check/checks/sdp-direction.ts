import { otherSide } from '../../core/finding.ts'
import type { Negotiation } from '../../observation/trace.ts'
import { type Direction, directionOf } from '../../sdp/description.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answerOf, audioIn, negotiationsOf } from '../codecs.ts'

/** What may answer a stream that does not flow both ways; `sendrecv` may be answered by anything. */
const answersTo: Readonly<Record<Exclude<Direction, 'sendrecv'>, readonly Direction[]>> = {
  sendonly: ['recvonly', 'inactive'],
  recvonly: ['sendonly', 'inactive'],
  inactive: ['inactive'],
}

const judgementOf = (negotiation: Negotiation): readonly Judgement[] => {
  const { transaction, offer, offerer } = negotiation
  const answer = answerOf(negotiation)
  const [asked, given] = [offer, answer].map((seen) => {
    const sdp = seen?.description()
    const audio = seen && audioIn(seen)
    return sdp === undefined || audio === undefined || audio.port === 0 ? undefined : directionOf(sdp, audio)
  })
  if (answer === undefined || asked === undefined || given === undefined || asked === 'sendrecv') return []
  const allowed = answersTo[asked]
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: otherSide(offerer),
      verdict: allowed.includes(given) ? 'pass' : 'fail',
      expected: `a=${allowed.join(' or a=')} for a=${asked}`,
      actual: `a=${given}`,
      frames: [offer.frame, answer.frame],
    },
  ]
}

export default defineCheck({
  id: 'sdp-direction',
  title: 'Hold is answered as hold',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3264 §6.1',
  requirement:
    'A stream that is offered sendonly is answered recvonly or inactive, recvonly sendonly or inactive, and inactive inactive.',
  advice:
    'Let the answer follow the direction of the offer: who answers a hold with sendrecv goes on talking to someone who does not listen.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => negotiationsOf(trace).flatMap(judgementOf),
})

import type { Contract } from '../../profile/contract.ts'
import type { Negotiation } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answerOf, audioIn, codecsOf, isDocumentedCodec, negotiationsOf, sharedCodecs, showCodecs } from '../codecs.ts'
import { finalOf, serverOf, showStatus } from '../exchange.ts'

/** Statuses that say: no codec of this offer (RFC 3261 §21.4.26, §21.6.4; 415 is what some send instead). */
const refusals = [488, 606, 415]

type Common = Pick<Judgement, 'subject' | 'call'>

const answered = (common: Common, negotiation: Negotiation): readonly Judgement[] => {
  const answer = answerOf(negotiation)
  const offered = audioIn(negotiation.offer)
  if (answer === undefined || offered === undefined) return []
  const audio = audioIn(answer)
  if (audio === undefined) return []
  const shared = sharedCodecs(offered, audio)
  const isRefused = audio.port === 0
  return [
    {
      ...common,
      side: answer.sender,
      verdict: isRefused || shared.length > 0 ? 'pass' : 'fail',
      expected: `one of ${showCodecs(codecsOf(offered))}`,
      actual: isRefused ? 'the stream is refused with port 0' : showCodecs(codecsOf(audio)),
      frames: [negotiation.offer.frame, answer.frame],
    },
  ]
}

/** An offer in the request that no description answers. */
const unanswered = (common: Common, negotiation: Negotiation, contract: Contract): readonly Judgement[] => {
  const { transaction, offer, offerer } = negotiation
  const offered = audioIn(offer)
  const final = finalOf(transaction)
  if (offered === undefined || final === undefined || offerer !== transaction.client) return []
  const known = codecsOf(offered).filter((codec) => isDocumentedCodec(codec, contract))
  const judged = { ...common, side: serverOf(transaction), actual: showStatus(final.response) }
  const frames = [offer.frame, final.seen.frame]
  if (final.response.status < 300)
    return [
      {
        ...judged,
        verdict: 'fail',
        expected: 'an answer to the offer',
        actual: `${judged.actual} without one`,
        frames,
      },
    ]
  // What a PBX speaks is for its owner to say; a trunk owes what its provider documents.
  if (!refusals.includes(final.response.status) || (judged.side === 'pbx' && known.length > 0)) return []
  return known.length > 0
    ? [{ ...judged, verdict: 'fail', expected: `an answer with one of ${showCodecs(known)}`, frames }]
    : [{ ...judged, verdict: 'pass', expected: `a refusal of ${showCodecs(codecsOf(offered))}`, frames }]
}

export default defineCheck({
  id: 'codec-shared',
  title: 'An answer shares a codec with its offer',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3264 §6',
  requirement: 'An offer is answered with a codec that it holds, or refused where there is none.',
  advice: 'Give both sides a common codec, and let an offer without one be refused with 488 Not Acceptable Here.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace, contract }) =>
    negotiationsOf(trace).flatMap((negotiation) => {
      const { name, call } = negotiation.transaction
      const common = { subject: name, call: call?.name }
      return answerOf(negotiation) === undefined
        ? unanswered(common, negotiation, contract)
        : answered(common, negotiation)
    }),
})

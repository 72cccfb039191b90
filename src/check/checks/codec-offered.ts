import type { Contract } from '../../profile/contract.ts'
import type { Format } from '../../sdp/codecs.ts'
import type { Negotiation, Seen } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answerOf, audioIn, codecsOf, isDocumentedCodec, negotiationsOf, showCodecs } from '../codecs.ts'

type Said = Pick<Judgement, 'verdict' | 'expected'> & Partial<Pick<Judgement, 'strength'>>

/** A PBX may offer what else it has, as long as the provider finds one of its own: the rest is advice. */
const ofPbx = (codecs: readonly Format[], contract: Contract): Said => {
  const documented = contract.profile.media.codecs.join(', ')
  if (!codecs.some((codec) => isDocumentedCodec(codec, contract)))
    return { verdict: 'fail', expected: `at least one of ${documented}` }
  return codecs.every((codec) => isDocumentedCodec(codec, contract))
    ? { verdict: 'pass', expected: `at least one of ${documented}` }
    : { verdict: 'fail', expected: `only ${documented}`, strength: 'ADVICE' }
}

const ofTrunk = (codecs: readonly Format[], contract: Contract): Said => ({
  verdict: codecs.length > 0 && codecs.every((codec) => isDocumentedCodec(codec, contract)) ? 'pass' : 'fail',
  expected: `only ${contract.profile.media.codecs.join(', ')}`,
})

const judgement = ({ transaction }: Negotiation, seen: Seen, contract: Contract): readonly Judgement[] => {
  const audio = audioIn(seen)
  // A refused stream names formats for form's sake only (RFC 3264 §6).
  if (audio === undefined || audio.port === 0) return []
  const codecs = codecsOf(audio)
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: seen.sender,
      ...(seen.sender === 'pbx' ? ofPbx(codecs, contract) : ofTrunk(codecs, contract)),
      actual: showCodecs(codecs),
      frames: [seen.frame],
    },
  ]
}

/** What a PBX answers with is bound by the offer: that is for another check. */
const judged = (negotiation: Negotiation): readonly Seen[] => {
  const answer = answerOf(negotiation)
  return answer?.sender === 'trunk' ? [negotiation.offer, answer] : [negotiation.offer]
}

export default defineCheck({
  id: 'codec-offered',
  title: 'Offers hold codecs that the provider documents',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3264 §5.1',
  requirement: 'A PBX offers a codec that the provider documents; a trunk offers and answers no other.',
  advice: 'Allow only codecs on this trunk that the provider documents.',
  judges: ['pbx', 'trunk'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, contract }) =>
    negotiationsOf(trace).flatMap((negotiation) =>
      judged(negotiation).flatMap((seen) => judgement(negotiation, seen, contract)),
    ),
})

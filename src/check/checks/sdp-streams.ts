import { otherSide } from '../../core/finding.ts'
import type { Negotiation, Seen } from '../../observation/trace.ts'
import { displayText } from '../../sip/text.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answerOf, negotiationsOf } from '../codecs.ts'

/** Enough to tell two lists apart. */
const mostShown = 8

const kindsIn = (seen: Seen): readonly string[] =>
  (seen.description()?.media ?? []).map(({ kind }) => kind.toLowerCase())

const show = (kinds: readonly string[]): string => {
  const shown = kinds.slice(0, mostShown).map((kind) => `m=${displayText(kind)}`)
  return [...shown, ...(kinds.length > mostShown ? [`${kinds.length - mostShown} more`] : [])].join(', ') || 'no stream'
}

const judgementOf = (negotiation: Negotiation): readonly Judgement[] => {
  const { transaction, offer, offerer } = negotiation
  const answer = answerOf(negotiation)
  if (answer === undefined) return []
  const [asked, given] = [kindsIn(offer), kindsIn(answer)]
  const isKept = asked.length === given.length && asked.every((kind, index) => kind === given[index])
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: otherSide(offerer),
      verdict: isKept ? 'pass' : 'fail',
      expected: show(asked),
      actual: show(given),
      frames: [offer.frame, answer.frame],
    },
  ]
}

export default defineCheck({
  id: 'sdp-streams',
  title: 'An answer has the streams of its offer',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3264 §6',
  requirement: 'An answer has as many media descriptions as its offer, in the same order, refused ones with port 0.',
  advice:
    'Let the answer name each stream of the offer and no other: what is not wanted stays in its place, with port 0.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => negotiationsOf(trace).flatMap(judgementOf),
})

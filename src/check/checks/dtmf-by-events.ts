import type { Side } from '../../core/finding.ts'
import type { Call, Digit } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answerOf, eventsAgreed } from '../codecs.ts'

const judgementOf = (call: Call, side: Side, digits: readonly Digit[]): readonly Judgement[] => {
  const agreed = eventsAgreed(call)
  const answer = agreed && answerOf(agreed)
  if (agreed === undefined || answer === undefined || digits.length === 0) return []
  const byInfo = digits.filter(({ by }) => by === 'info')
  const isSpoilt = byInfo.length === digits.length
  const told = isSpoilt ? byInfo : digits.filter(({ by }) => by === 'rfc4733')
  const sent = told.map(({ digit }) => digit).join('')
  return [
    {
      subject: call.name,
      call: call.name,
      side,
      verdict: isSpoilt ? 'fail' : 'pass',
      expected: 'digits as telephone-events, on which both sides agreed',
      actual: `${sent.slice(0, 40)} ${isSpoilt ? 'by INFO' : 'as telephone-events'}`,
      frames: [agreed.offer.frame, answer.frame, ...told.flatMap(({ frames }) => frames)],
    },
  ]
}

export default defineCheck({
  id: 'dtmf-by-events',
  title: 'Digits go as telephone-events where both sides agreed on that',
  subject: 'call',
  strength: 'SHOULD',
  cite: '4733 §2.5.1.1',
  requirement: 'Who has agreed on telephone-event in offer and answer sends digits by that, not by INFO.',
  advice: 'Set the DTMF mode of the trunk to RFC 4733 (often named RFC 2833): INFO is not carried on to the network.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) =>
    trace.calls.flatMap((call) =>
      (['pbx', 'trunk'] as const).flatMap((side) =>
        judgementOf(
          call,
          side,
          trace.digits.filter((digit) => digit.call === call && digit.sender === side),
        ),
      ),
    ),
})

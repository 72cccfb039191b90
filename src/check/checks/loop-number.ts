import type { NumberFormat } from '../../profile/profile.ts'
import { displayText } from '../../sip/text.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { type LoopedCall, digitsOf, loopsOf, numberIn } from '../loops.ts'

const places = ['Request-URI', 'To'] as const

const judgementOf = ({ out, back }: LoopedCall, format: NumberFormat): readonly Judgement[] => {
  const dialled = numberIn(out, 'Request-URI')
  if (dialled === undefined) return []
  const came = places.map((place) => ({ place, number: numberIn(back, place) ?? '' }))
  const others = came.filter(({ number }) => digitsOf(number) !== digitsOf(dialled))
  // Where the form is documented, `number-format` judges it.
  const bent = came.filter(({ number }) => format === 'e164' && number.startsWith('+') !== dialled.startsWith('+'))
  const spoilt = others.length > 0 ? others : bent
  const told = spoilt.length > 0 ? spoilt : came
  return [
    {
      subject: back.name,
      call: back.call?.name,
      side: 'trunk',
      verdict: spoilt.length === 0 ? 'pass' : 'fail',
      expected: `"${displayText(dialled)}", as it was dialled`,
      actual: told.map(({ place, number }) => `${place} "${displayText(number)}"`).join(', '),
      frames: [out.request.frame, back.request.frame],
      ...(others.length === 0 && bent.length > 0 ? { strength: 'SHOULD' as const } : {}),
    },
  ]
}

export default defineCheck({
  id: 'loop-number',
  title: 'The called number comes through the trunk as it was dialled',
  subject: 'transaction',
  strength: 'MUST',
  cite: 'E.164',
  requirement:
    'A call that comes back through the trunk is to the number that was dialled, with the + that it had where no form is documented.',
  advice: 'Look at the number format of the forwarding URI, and at rules of the provider that rewrite called numbers.',
  judges: ['trunk'],
  presupposes: [],
  judge: (evidence) =>
    loopsOf(evidence).flatMap((loop) => judgementOf(loop, evidence.contract.profile.numbers.origination)),
})

import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { defineCheck } from '../check.ts'
import { digitsOf, loopsOf, numberIn } from '../loops.ts'

export default defineCheck({
  id: 'loop-caller-id',
  title: 'The caller ID comes through the trunk',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.3',
  requirement: 'A call that comes back through the trunk shows the caller ID with which it was made.',
  advice:
    'Ask the provider which caller IDs it shows: it may put the main number of the account in place of one that it does not know.',
  judges: ['trunk'],
  presupposes: [],
  judge: (evidence) =>
    loopsOf(evidence).flatMap(({ out, back }) => {
      const [sent, came] = [numberIn(out, 'From'), numberIn(back, 'From')]
      if (sent === undefined) return []
      // RFC 3323 §4.1.1.3: who is told nothing of the caller is told nothing wrong, but the caller ID has not come through.
      const isWithheld =
        fieldAt(back.request.message(), 'From.host')?.toLowerCase().endsWith('anonymous.invalid') ?? false
      return [
        {
          subject: back.name,
          call: back.call?.name,
          side: 'trunk',
          verdict: !isWithheld && digitsOf(came ?? '') === digitsOf(sent) ? 'pass' : 'fail',
          expected: `From with "${displayText(sent)}"`,
          actual: isWithheld ? 'a caller who withholds the number' : `"${displayText(came ?? '')}"`,
          frames: [out.request.frame, back.request.frame],
        },
      ]
    }),
})

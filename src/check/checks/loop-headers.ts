import { displayText } from '../../sip/text.ts'
import { fieldValue } from '../../sip/message.ts'
import { defineCheck } from '../check.ts'
import { loopsOf } from '../loops.ts'

export default defineCheck({
  id: 'loop-headers',
  title: 'Private header fields come through the trunk',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §7.3.1',
  requirement: 'A call that comes back through the trunk has the private header fields with which it was made.',
  advice: 'Do not build on private header fields between two ends unless the provider passes them on: ask for it.',
  judges: ['trunk'],
  presupposes: [],
  judge: (evidence) =>
    loopsOf(evidence).flatMap(({ out, back }) => {
      const [sent, came] = [out.request.message(), back.request.message()]
      const own = sent.fields.filter(({ name }) => name.toLowerCase().startsWith('x-'))
      if (own.length === 0) return []
      const lost = own.filter(({ name, value }) => fieldValue(came, name) !== value)
      const show = (fields: typeof own): string => fields.map(({ rawName }) => displayText(rawName)).join(', ')
      return [
        {
          subject: back.name,
          call: back.call?.name,
          side: 'trunk',
          verdict: lost.length === 0 ? 'pass' : 'fail',
          expected: `${show(own)} as sent`,
          actual: lost.length === 0 ? 'as sent' : `without, or with another value: ${show(lost)}`,
          frames: [out.request.frame, back.request.frame],
        },
      ]
    }),
})

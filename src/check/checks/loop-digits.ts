import { eventsAgreed } from '../codecs.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { arrival, pressedIn } from '../pressed.ts'

export default defineCheck({
  id: 'loop-digits',
  title: 'Digits that are pressed at one end arrive at the other',
  subject: 'call',
  strength: 'MUST',
  cite: '4733 §2.5.1.2, §2.5.2.2',
  requirement:
    'Of a call that comes back through the trunk, each end gets the digits of the other: all, in order, each once.',
  advice:
    'Ask the provider for telephone-event (RFC 4733) on both ways: where it goes over to tones or to INFO, digits are lost or doubled.',
  judges: ['trunk'],
  needsRun: true,
  presupposes: ['rtp-arrives', 'loop-audio', 'dtmf-events'],
  absence: true,
  judge: (evidence) =>
    pressedIn(evidence).flatMap((pressed): readonly Judgement[] => {
      const { subject, call, reaches } = pressed
      if (reaches === undefined || evidence.contract.supports.dtmf === false) return []
      const found = arrival(pressed, { call: reaches, side: evidence.sut }, evidence.trace)
      const lacking = [call, reaches].find((one) => eventsAgreed(one) === undefined)
      const told =
        lacking === undefined
          ? found
          : { ...found, verdict: 'inconclusive' as const, actual: `no telephone-event agreed on in ${lacking.name}` }
      return [{ subject, call: reaches.name, side: evidence.sut, ...told }]
    }),
})

import { defineCheck } from '../check.ts'
import { arrival, pressedIn } from '../pressed.ts'

export default defineCheck({
  id: 'dtmf-received',
  title: 'Each digit that is pressed arrives once, in its order',
  subject: 'call',
  strength: 'MUST',
  cite: '4733 §2.5.1.2, §2.5.2.2',
  requirement: 'The digits of a call arrive as they were pressed: none lost, none doubled, each long and loud enough.',
  advice:
    'Look for digits that are sent twice (in band and as events), and for a device on the way that makes new events of old ones.',
  judges: ['pbx', 'trunk'],
  presupposes: ['dtmf-events'],
  needsRun: true,
  absence: true,
  judge: (evidence) =>
    pressedIn(evidence).map((pressed) => {
      const { subject, call, sender: side } = pressed
      const found = arrival(pressed, { call, side }, evidence.trace)
      const told = pressed.negotiated
        ? found
        : { ...found, verdict: 'inconclusive' as const, actual: 'no telephone-event agreed on' }
      return { subject, call: call.name, side, ...told }
    }),
})

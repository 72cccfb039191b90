import type { Trace } from '../../observation/trace.ts'
import { showEndpoint } from '../../core/frame.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { allFrames, isGivenUp, showSilence } from '../exchange.ts'

const common = (trace: Trace) => ({
  subject: 'run',
  call: undefined,
  side: trace.sut,
  expected: 'the system under test answers SIP',
})

const silence = (trace: Trace): readonly Judgement[] => {
  const sent = trace.messages.filter(({ sender }) => sender === trace.played)
  const [error] = trace.networkErrors
  if (error !== undefined)
    return [
      {
        ...common(trace),
        verdict: 'inconclusive',
        actual: `${error.text} at ${showEndpoint(error.destination)}${error.made === undefined ? '' : ` (${error.made})`}`,
        frames: [...sent.slice(0, 1).map(({ frame }) => frame), ...trace.networkErrors.map(({ frame }) => frame)],
        atFault: 'undecided',
      },
    ]
  // Silence to OPTIONS alone may be a rule of the far end: another check judges that.
  const unanswered = trace.transactions.find(({ method, request }) => method !== 'OPTIONS' && isGivenUp(request, trace))
  return unanswered === undefined
    ? []
    : [
        {
          ...common(trace),
          verdict: 'inconclusive',
          actual: showSilence(unanswered.request, trace),
          frames: allFrames(unanswered.request),
          atFault: 'undecided',
        },
      ]
}

export default defineCheck({
  id: 'sut-unreachable',
  title: 'The system under test can be reached',
  subject: 'run',
  strength: 'MUST',
  cite: '3261 §8.1.3.1',
  requirement: 'The system under test sends SIP at all; where it does not, nothing else can be judged.',
  advice: 'Check address, port and transport of the system under test, that it runs, and the firewall between.',
  judges: ['pbx', 'trunk'],
  needsRun: true,
  presupposes: [],
  judge: ({ trace }) => {
    const first = trace.messages.find(({ sender }) => sender === trace.sut)
    const malformed = trace.malformed.find(({ sender }) => sender === trace.sut)
    const frame = first?.frame ?? malformed?.frame
    return frame === undefined
      ? silence(trace)
      : [{ ...common(trace), verdict: 'pass', actual: 'it does', frames: [frame] }]
  },
})

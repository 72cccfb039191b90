import type { StepOutcome } from '../../core/outcome.ts'
import type { Call } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { callNamed, framesOf, mainCall } from '../outcomes.ts'

/** What must come to pass at the phone, and how its absence is told. */
const acts: Readonly<Record<string, { readonly expected: string; readonly lacking: string }>> = {
  rings: { expected: 'the phone rings', lacking: 'the phone did not ring' },
  answers: { expected: 'what is answered at the phone is up there', lacking: 'the phone could not answer' },
  'is-answered': { expected: 'the phone hears that it is answered', lacking: 'the phone was not told of the answer' },
  'is-released': { expected: 'the phone is hung up, too', lacking: 'the call at the phone was left up' },
}

const isOfPhone = ({ facts }: StepOutcome): boolean => typeof facts?.came === 'boolean'

/** What the trunk and the PBX had said of the call by then. */
const framesBefore = ({ transactions }: Call, { timeMs }: StepOutcome): readonly number[] =>
  transactions
    .filter(({ request }) => request.timeMs <= timeMs)
    .flatMap((transaction) => framesOf(transaction).slice(0, 1))

export default defineCheck({
  id: 'phone-call',
  title: 'The phone behind the PBX is rung, answered and released with its call',
  subject: 'call',
  strength: 'MUST',
  cite: '7092 §3',
  requirement: 'What happens to a call at the trunk happens to it at the phone, and the other way round.',
  advice:
    'Look at the route of calls in, at the state of the extension, and at what the PBX does with each leg when the other ends.',
  judges: ['pbx'],
  needsRun: true,
  presupposes: ['sut-unreachable', 'call-in-accepted'],
  absence: true,
  judge: ({ trace, outcomes }) => {
    const call = callNamed(trace, outcomes, mainCall)
    if (call === undefined) return []
    const judgements: Judgement[] = []
    for (const outcome of outcomes.filter(isOfPhone)) {
      const came = outcome.facts?.came === true
      const act = acts[String(outcome.facts?.phone)]
      if (act !== undefined)
        judgements.push({
          subject: `${call.name}/phone ${String(outcome.facts?.phone)}`,
          call: call.name,
          side: 'pbx',
          verdict: came ? 'pass' : 'fail',
          expected: act.expected,
          actual: came ? 'it does' : act.lacking,
          frames: framesBefore(call, outcome).slice(-1),
        })
      if (!came) break // what follows has that cause
    }
    return judgements
  },
})

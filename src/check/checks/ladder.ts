import { otherSide } from '../../core/finding.ts'
import type { StepOutcome } from '../../core/outcome.ts'
import type { Trace } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { allFrames } from '../exchange.ts'
import { anyOther } from '../order.ts'
import { callNamed } from '../outcomes.ts'

/** Steps whose going wrong says something: the postamble only tidies up. */
const told = (outcomes: readonly StepOutcome[]): readonly StepOutcome[] =>
  outcomes.filter(({ section, status }) => section !== 'finally' || status === 'error')

const metFrames = (outcomes: readonly StepOutcome[]): readonly number[] =>
  outcomes.filter(({ status }) => status === 'met').flatMap(({ frames }) => frames)

/** A step whose frame the trace does not hold, as in a capture that lacks it: nobody can say that it was met. */
const unproved = (outcomes: readonly StepOutcome[], { messages, malformed }: Trace): StepOutcome | undefined => {
  const known = new Set([...messages.flatMap(allFrames), ...malformed.map(({ frame }) => frame)])
  return outcomes.find(({ status, frames }) => status === 'met' && frames.some((frame) => !known.has(frame)))
}

const wentWrong = (outcome: StepOutcome, { trace, outcomes, sut }: Evidence): Judgement => {
  const isOurs = outcome.status === 'error'
  return {
    subject: 'run',
    call: callNamed(trace, outcomes, outcome.call)?.name,
    side: isOurs ? otherSide(sut) : (outcome.awaited ?? sut),
    // What goes wrong before the ladder begins proves nothing of its purpose.
    verdict: outcome.section === 'setup' && !isOurs ? 'inconclusive' : 'fail',
    expected: outcome.head,
    actual: outcome.reason ?? outcome.status,
    frames: outcome.frames,
  }
}

/** What was to move the system under test did not work: of that itself nothing is told. */
const wasNotMoved = ({ head, reason, unmoved = '' }: StepOutcome, { sut }: Evidence): Judgement => ({
  subject: 'run',
  call: undefined,
  side: sut,
  verdict: 'inconclusive',
  expected: head,
  actual: reason ?? 'it was not moved to that',
  frames: [],
  advice:
    unmoved === 'phone'
      ? 'Look at the call between PBX and phone, which capture and journal have beside that of the trunk.'
      : `This is no fault of the ${sut}: mend ${unmoved} in trunkproof.yaml, which is to make it do that, and run again.`,
})

export default defineCheck({
  id: 'ladder',
  title: 'The call goes as the ladder says',
  subject: 'run',
  strength: 'MUST',
  cite: '3261 §8, §12, §13, §15',
  requirement: 'The messages of the system under test come in the order and time that the ladder draws.',
  advice: 'Look at the text ladder around the frame: what came instead, or what was missing, is the cause.',
  judges: ['pbx', 'trunk'],
  needsRun: true,
  presupposes: ['sut-unreachable', anyOther],
  absence: true,
  judge: (evidence) => {
    const outcomes = told(evidence.outcomes)
    const wrong = outcomes.find(({ status }) => status === 'error' || status === 'mismatch')
    if (wrong !== undefined) return [wentWrong(wrong, evidence)]
    const unmoved = outcomes.find((outcome) => outcome.unmoved !== undefined)
    if (unmoved !== undefined) return [wasNotMoved(unmoved, evidence)]
    const common = { subject: 'run', call: undefined, side: evidence.sut, expected: 'all steps are met' }
    const missing = unproved(outcomes, evidence.trace)
    if (missing !== undefined)
      return [{ ...common, verdict: 'inconclusive', actual: `no frame of ${missing.head} is there`, frames: [] }]
    const next = outcomes.find(({ status }) => status === 'not-reached')
    if (next !== undefined)
      return [
        { ...common, verdict: 'inconclusive', actual: `stopped before ${next.head}`, frames: metFrames(outcomes) },
      ]
    return outcomes.length === 0
      ? []
      : [{ ...common, verdict: 'pass', actual: `all ${outcomes.length} are`, frames: metFrames(outcomes) }]
  },
})

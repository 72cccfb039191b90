import type { Side } from '../../core/finding.ts'
import type { Call, Digit } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { callNamed } from '../outcomes.ts'

/** A `dtmf` step of a ladder that was played. */
type Pressed = {
  /** `call 1/dtmf 1`. */
  readonly subject: string
  readonly call: Call
  readonly sender: Side
  readonly digits: string
  readonly fromMs: number
  readonly toMs: number
  readonly negotiated: boolean
}

const pressedIn = ({ trace, outcomes }: Evidence): readonly Pressed[] =>
  outcomes
    .filter(({ facts, status }) => status === 'met' && facts?.verb === 'dtmf')
    .flatMap(({ facts, call: name }, index) => {
      const call = callNamed(trace, outcomes, name)
      if (call === undefined || facts === undefined) return []
      return [
        {
          subject: `${call.name}/dtmf ${index + 1}`,
          call,
          sender: String(facts.direction).startsWith('pbx') ? ('pbx' as const) : ('trunk' as const),
          digits: String(facts.digits),
          fromMs: Number(facts.fromMs),
          toMs: Number(facts.toMs),
          negotiated: facts.negotiated === true,
        },
      ]
    })

/** What any receiver takes for a digit (ITU-T Q.24); what stays above is of no account. */
const shortestMs = 40
/** In dBm0 without the sign: what receivers must take goes down to that (RFC 2833 §3.5, ITU-T Q.24). */
const quietest = 36

const flaw = ({ digit, durationMs, event }: Digit): string | undefined => {
  if (durationMs < shortestMs) return `${digit} lasts ${Math.round(durationMs)} ms`
  return event !== undefined && event.volume > quietest ? `${digit} has -${event.volume} dBm0` : undefined
}

/** Most digits that are told one by one. */
const shownDigits = 40

const judgementOf = (pressed: Pressed, digits: readonly Digit[], frame: number): Judgement => {
  const { subject, call, sender, fromMs, toMs } = pressed
  const heard = digits.filter(
    (digit) => digit.call === call && digit.sender === sender && digit.timeMs >= fromMs && digit.timeMs <= toMs,
  )
  const came = heard.map(({ digit }) => digit).join('')
  const wrong = came === pressed.digits ? heard.map(flaw).find((one) => one !== undefined) : undefined
  const told = came === '' ? 'no digit' : came.slice(0, shownDigits)
  const frames = heard.flatMap((digit) => digit.frames)
  return {
    subject,
    call: call.name,
    side: sender,
    verdict: !pressed.negotiated ? 'inconclusive' : came === pressed.digits && wrong === undefined ? 'pass' : 'fail',
    expected: `${pressed.digits}, each for ${shortestMs} ms or more`,
    actual: pressed.negotiated
      ? [told, ...(wrong === undefined ? [] : [wrong])].join(': ')
      : 'no telephone-event agreed on',
    frames: frames.length === 0 ? [frame] : frames,
  }
}

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
    pressedIn(evidence).map((pressed) =>
      judgementOf(
        pressed,
        evidence.trace.digits,
        pressed.call.streams[0]?.firstFrame ?? pressed.call.transactions[0]?.request.frame ?? 0,
      ),
    ),
})

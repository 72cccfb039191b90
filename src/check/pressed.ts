import type { Side } from '../core/finding.ts'
import type { Call, Digit } from '../observation/trace.ts'
import type { Evidence, Judgement } from './check.ts'
import { callNamed } from './outcomes.ts'

/** A `dtmf` step of a ladder that was played. */
export type Pressed = {
  /** `call 1/dtmf 1`. */
  readonly subject: string
  readonly call: Call
  /** The call in which they are to come out, where the SUT connects the two. */
  readonly reaches: Call | undefined
  readonly sender: Side
  readonly digits: string
  readonly fromMs: number
  readonly toMs: number
  readonly negotiated: boolean
}

export const pressedIn = ({ trace, outcomes }: Evidence): readonly Pressed[] => {
  const counts = new Map<string, number>()
  return outcomes
    .filter(({ facts, status }) => status === 'met' && facts?.verb === 'dtmf')
    .flatMap(({ facts, call: name }) => {
      const call = callNamed(trace, outcomes, name)
      if (call === undefined || facts === undefined) return []
      const count = (counts.get(call.name) ?? 0) + 1
      counts.set(call.name, count)
      return [
        {
          subject: `${call.name}/dtmf ${count}`,
          call,
          reaches: typeof facts.reaches === 'string' ? callNamed(trace, outcomes, facts.reaches) : undefined,
          sender: String(facts.direction).startsWith('pbx') ? ('pbx' as const) : ('trunk' as const),
          digits: String(facts.digits),
          fromMs: Number(facts.fromMs),
          toMs: Number(facts.toMs),
          negotiated: facts.negotiated === true,
        },
      ]
    })
}

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

/** Whether the digits came in that call from that side as they were pressed: all, in order, each once. */
export const arrival = (
  { call: own, digits: pressed, fromMs, toMs }: Pressed,
  of: { readonly call: Call; readonly side: Side },
  { digits }: Evidence['trace'],
): Pick<Judgement, 'expected' | 'actual' | 'frames'> & { readonly verdict: 'pass' | 'fail' } => {
  const heard = digits.filter(
    ({ call, sender, timeMs }) => call === of.call && sender === of.side && timeMs >= fromMs && timeMs <= toMs,
  )
  const came = heard.map(({ digit }) => digit).join('')
  const wrong = came === pressed ? heard.map(flaw).find((one) => one !== undefined) : undefined
  const told = came === '' ? 'no digit' : came.slice(0, shownDigits)
  const frames = heard.flatMap((digit) => digit.frames)
  const otherwise = of.call.streams[0]?.firstFrame ?? of.call.transactions[0]?.request.frame ?? 0
  return {
    verdict: came === pressed && wrong === undefined ? 'pass' : 'fail',
    expected: `${pressed}${of.call === own ? '' : ` in ${of.call.name}`}, each for ${shortestMs} ms or more`,
    actual: [told, ...(wrong === undefined ? [] : [wrong])].join(': '),
    frames: frames.length === 0 ? [otherwise] : frames,
  }
}

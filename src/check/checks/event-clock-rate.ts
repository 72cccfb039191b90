import { type Format, formatsOf } from '../../sdp/codecs.ts'
import type { Side } from '../../core/finding.ts'
import type { Call, Seen } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { answerOf, audioIn, codecsOf } from '../codecs.ts'

/** What a description that lists telephone-event has of audio, and the offer that it answers, if it answers one. */
type Described = {
  readonly seen: Seen
  readonly codecs: readonly Format[]
  readonly events: readonly Format[]
  readonly offered: readonly Format[]
}

const eventsIn = (seen: Seen | undefined): readonly Format[] => {
  const audio = seen && audioIn(seen)
  if (audio === undefined || audio.port === 0) return []
  return formatsOf(audio).filter(({ encoding }) => encoding.toLowerCase() === 'telephone-event')
}

const describedBy = (side: Side, { negotiations }: Call): readonly Described[] =>
  negotiations.flatMap((negotiation) => {
    const seen = [negotiation.offer, answerOf(negotiation)].find((one) => one?.sender === side)
    const audio = seen && audioIn(seen)
    const events = eventsIn(seen)
    if (seen === undefined || audio === undefined || events.length === 0) return []
    const offered = seen === negotiation.offer ? [] : eventsIn(negotiation.offer)
    return [{ seen, codecs: codecsOf(audio), events, offered }]
  })

const has = (formats: readonly Format[], clockRate: number): boolean =>
  formats.some((format) => format.clockRate === clockRate)

const wrongIn = ({
  seen,
  codecs,
  events,
  offered,
}: Described): (Pick<Judgement, 'strength' | 'actual'> & { readonly frame: number }) | undefined => {
  const { frame } = seen
  const stray = events.find(({ clockRate }) => !has(codecs, clockRate))
  if (stray !== undefined) return { actual: `telephone-event/${stray.clockRate} beside no codec of that rate`, frame }
  const [first] = codecs
  if (first === undefined || has(events, first.clockRate) || !has(offered, first.clockRate)) return undefined
  return {
    actual: `no telephone-event/${first.clockRate} for the first codec of the answer`,
    frame,
    strength: 'SHOULD',
  }
}

const judgementOf = (call: Call, side: Side): readonly Judgement[] => {
  const described = describedBy(side, call)
  if (described.length === 0) return []
  const found = described.flatMap((one) => wrongIn(one) ?? [])
  const wrong = found.find(({ strength }) => strength === undefined) ?? found[0]
  const rates = new Set(
    described.flatMap(({ events }) => events.map(({ clockRate }) => `telephone-event/${clockRate}`)),
  )
  return [
    {
      subject: call.name,
      call: call.name,
      side,
      verdict: wrong === undefined ? 'pass' : 'fail',
      expected: 'telephone-event of the clock rate of a codec beside it',
      actual: wrong?.actual ?? [...rates].join(', '),
      frames: wrong === undefined ? described.map(({ seen }) => seen.frame) : [wrong.frame],
      ...(wrong?.strength === undefined ? {} : { strength: wrong.strength }),
    },
  ]
}

export default defineCheck({
  id: 'event-clock-rate',
  title: 'Telephone-event has the clock rate of the codec beside it',
  subject: 'call',
  strength: 'MUST',
  cite: '4733 §2.1',
  requirement:
    'Digits go in the timestamps of the audio: a description lists telephone-event with clock rates of its codecs, and for the codec that it chooses.',
  advice:
    'List telephone-event once for each clock rate in use (8000 for G.711, 48000 for opus): with another rate digits are lost.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) =>
    trace.calls.flatMap((call) => (['pbx', 'trunk'] as const).flatMap((side) => judgementOf(call, side))),
})

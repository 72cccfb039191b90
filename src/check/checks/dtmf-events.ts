import { groupBy } from '../../core/group.ts'
import type { Digit, EventPackets, Stream } from '../../observation/trace.ts'
import type { Strength } from '../../core/finding.ts'
import { type Judgement, defineCheck } from '../check.ts'

/** A digit that came as an event, and the one before it in its stream. */
type Told = { readonly digit: Digit; readonly event: EventPackets; readonly before: Digit | undefined }
type Wrong = { readonly what: string; readonly frames: readonly number[]; readonly strength?: Strength }

const lastReports = 3
/** The reports of one event follow one another faster than a finger finds the key again. */
const sameKeyMs = 100

/** It only ends, behind the end of the same digit: reports of one event whose timestamp moves are events of their own. */
const isAgain = ({ digit, event, before }: Told): boolean =>
  before?.event !== undefined &&
  before.digit === digit.digit &&
  !event.marked &&
  event.ends === event.packets &&
  digit.timeMs - before.event.lastMs < sameKeyMs

const wrongIn = (told: Told, isWhole: boolean): Wrong | undefined => {
  const { digit, event, before } = told
  const { frames } = digit
  if (event.fellFrame !== undefined)
    return { what: `the duration of ${digit.digit} goes back`, frames: [...frames, event.fellFrame] }
  if (isAgain(told))
    return {
      what: `the timestamp of ${digit.digit} changes in its last packets`,
      frames: [...(before?.frames ?? []), ...frames],
    }
  if (event.ends === 0) return { what: `no packet of ${digit.digit} says that it has ended`, frames }
  if (!isWhole) return undefined
  if (!event.marked) return { what: `no marker on the first packet of ${digit.digit}`, frames }
  if (event.ends >= lastReports) return undefined
  return { what: `${event.ends} last packets of ${digit.digit}`, frames, strength: 'SHOULD' }
}

const judgementOf = (stream: Stream, digits: readonly Digit[]): readonly Judgement[] => {
  const told = digits.flatMap((digit, index): readonly Told[] =>
    digit.event === undefined ? [] : [{ digit, event: digit.event, before: digits[index - 1] }],
  )
  if (told.length === 0) return []
  const found = told.flatMap((one) => wrongIn(one, stream.lost <= 0) ?? [])
  const wrong = found.find(({ strength }) => strength === undefined) ?? found[0]
  return [
    {
      subject: stream.name,
      call: stream.call?.name,
      side: stream.sender,
      verdict: wrong === undefined ? 'pass' : 'fail',
      expected: 'a marker first, one timestamp and a growing duration, and the end three times',
      actual: wrong?.what ?? `so for ${told.length} digits`,
      frames: wrong?.frames ?? told.flatMap(({ digit }) => digit.frames),
      ...(wrong?.strength === undefined ? {} : { strength: wrong.strength }),
    },
  ]
}

export default defineCheck({
  id: 'dtmf-events',
  title: 'The packets of a digit tell one event, from its marker to its end',
  subject: 'stream',
  strength: 'MUST',
  cite: '4733 §2.5.1.2, §2.5.1.4',
  requirement:
    'The packets of an event have one timestamp, the first the marker, a duration that grows, and the last three the end bit.',
  advice:
    'Look at the device that makes the events: whoever reads them takes a new timestamp for another digit, and waits for the end.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  absence: true,
  judge: ({ trace }) => {
    const byStream = groupBy(
      trace.digits.filter(({ stream }) => stream !== undefined),
      ({ stream }) => stream,
    )
    return [...byStream].flatMap(([stream, digits]) => (stream === undefined ? [] : judgementOf(stream, digits)))
  },
})

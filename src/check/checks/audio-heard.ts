import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { type Heard, type Interval, agreedAt, heardIn, intervalsOf, maySend } from '../intervals.ts'

/** Less than this is a click. */
const audibleMs = 100
/** How far a returned tone may be off: codecs and clocks move it a little. */
const toleranceHz = 20

const heardMs = (heard: readonly Heard[]): number =>
  Math.round(heard.reduce((ms, { stretch, share }) => ms + (stretch.audio?.audibleMs ?? 0) * share, 0))

const tonesOf = (heard: readonly Heard[]): readonly number[] => [
  ...new Set(heard.flatMap(({ stretch: { audio } }) => (audio?.toneHz === undefined ? [] : [audio.toneHz]))),
]

const judgementOf = (interval: Interval, { contract, sut }: Evidence): readonly Judgement[] => {
  const negotiation = agreedAt(interval.call, interval.toMs)
  if (negotiation === undefined || !interval.speaks(sut) || !maySend(negotiation, sut)) return []
  // Other codecs than G.711 we cannot listen to.
  const heard = heardIn(interval, sut).filter(({ stretch }) => stretch.audio !== undefined)
  if (heard.length === 0) return []
  const wanted = contract.echoes && interval.speaks(sut === 'pbx' ? 'trunk' : 'pbx') ? interval.toneHz : undefined
  const ms = heardMs(heard)
  const tones = tonesOf(heard)
  const isReturned = wanted === undefined || tones.some((hz) => Math.abs(hz - wanted) <= toleranceHz)
  const shown = tones.length === 0 ? '' : ` at ${tones.join(' and ')} Hz`
  return [
    {
      subject: interval.subject,
      call: interval.call.name,
      side: sut,
      verdict: ms >= audibleMs && isReturned ? 'pass' : 'fail',
      expected: wanted === undefined ? 'sound' : `our tone of ${wanted} Hz comes back`,
      actual: ms < audibleMs ? 'silence' : `sound of ${ms} ms${shown}`,
      frames: heard.flatMap(({ stretch }) => [stretch.firstFrame, stretch.lastFrame]),
    },
  ]
}

export default defineCheck({
  id: 'audio-heard',
  title: 'What arrives can be heard',
  subject: 'call',
  strength: 'MUST',
  cite: '3264 §6.1',
  requirement: 'While audio is expected, what arrives is sound; where the far end echoes, our own tone comes back.',
  advice:
    'Look for muted or unbound media in the far end: packets that carry silence are mostly one-way audio behind a bridge.',
  judges: ['pbx', 'trunk'],
  needsRun: true,
  presupposes: ['rtp-arrives', 'payload-type-in-sdp'],
  absence: true,
  judge: (evidence) => intervalsOf(evidence).flatMap((interval) => judgementOf(interval, evidence)),
})

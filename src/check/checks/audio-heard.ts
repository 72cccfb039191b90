import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { audibleMs, heardMs, toleranceHz, tonesOf } from '../hearing.ts'
import { type Interval, agreedAt, heardIn, intervalsOf, maySend } from '../intervals.ts'

const judgementOf = (interval: Interval, { contract, sut }: Evidence): readonly Judgement[] => {
  // What is to come from another end of ours, `loop-audio` judges.
  if (interval.hearsHz !== undefined) return []
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

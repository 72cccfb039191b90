import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { heardMs, tonesOf, toleranceHz, audibleMs } from '../hearing.ts'
import { type Interval, agreedAt, heardIn, intervalsOf, maySend } from '../intervals.ts'

const judgementOf = (interval: Interval, { sut }: Evidence): readonly Judgement[] => {
  const { hearsHz: wanted, call, subject } = interval
  const negotiation = agreedAt(call, interval.toMs)
  if (wanted === undefined || negotiation === undefined || !interval.speaks(sut) || !maySend(negotiation, sut))
    return []
  const heard = heardIn(interval, sut).filter(({ stretch }) => stretch.audio !== undefined)
  if (heard.length === 0) return []
  const ms = heardMs(heard)
  const tones = tonesOf(heard)
  const isThrough = ms >= audibleMs && tones.some((hz) => Math.abs(hz - wanted) <= toleranceHz)
  return [
    {
      subject,
      call: call.name,
      side: sut,
      verdict: isThrough ? 'pass' : 'fail',
      expected: `our tone of ${wanted} Hz of the other end`,
      actual:
        ms < audibleMs ? 'silence' : `sound of ${ms} ms${tones.length === 0 ? '' : ` at ${tones.join(' and ')} Hz`}`,
      frames: heard.flatMap(({ stretch }) => [stretch.firstFrame, stretch.lastFrame]),
    },
  ]
}

export default defineCheck({
  id: 'loop-audio',
  title: 'What one end says is heard at the other',
  subject: 'call',
  strength: 'MUST',
  cite: '3264 §6.1',
  requirement: 'Of a call that comes back through the trunk, each end hears the tone of the other.',
  advice: 'Packets came and the tone did not: the media of one direction is lost inside the network of the provider.',
  judges: ['trunk'],
  needsRun: true,
  presupposes: ['rtp-arrives', 'payload-type-in-sdp'],
  absence: true,
  judge: (evidence) => intervalsOf(evidence).flatMap((interval) => judgementOf(interval, evidence)),
})

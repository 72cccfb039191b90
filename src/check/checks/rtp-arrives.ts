import { normalizeAddress } from '../../core/address.ts'
import type { Side } from '../../core/finding.ts'
import { audioOf } from '../../observation/descriptions.ts'
import type { Negotiation } from '../../observation/trace.ts'
import { connectionOf } from '../../sdp/description.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { answerOf } from '../codecs.ts'
import { type Heard, type Interval, agreedAt, heardIn, intervalsOf, maySend } from '../intervals.ts'
import { type Withheld, withheldBy } from '../withheld.ts'

/** How long the first packet may take from the beginning of the interval, and which part may be lost. */
const latestMs = 2000
const tolerableLoss = 0.05
/** In less time than this, nothing need have come. */
const shortestMs = 300

type Said = Pick<Judgement, 'verdict' | 'actual'> & Partial<Pick<Judgement, 'atFault'>>

const lossOf = (heard: readonly Heard[]): number => {
  const streams = [...new Set(heard.map(({ stream }) => stream))]
  const lost = streams.reduce((sum, stream) => sum + Math.max(0, stream.lost), 0)
  return lost / Math.max(1, lost + streams.reduce((sum, stream) => sum + stream.packets, 0))
}

const percent = (part: number): string => `${Math.round(part * 1000) / 10} %`

const said = (interval: Interval, heard: readonly Heard[]): Said => {
  const lengthMs = interval.toMs - interval.fromMs
  if (heard.length === 0)
    return lengthMs < shortestMs
      ? { verdict: 'inconclusive', actual: `no packet, but the interval was only ${Math.round(lengthMs)} ms long` }
      : // Whether it was not sent or went lost on the way, this end cannot tell.
        { verdict: 'fail', actual: `no packet in ${Math.round(lengthMs / 100) / 10} s`, atFault: 'undecided' }
  const packets = heard.reduce((sum, { stretch }) => sum + stretch.packets, 0)
  const lateMs = Math.min(...heard.map(({ stretch }) => stretch.fromMs)) - interval.fromMs
  if (lateMs > latestMs) return { verdict: 'fail', actual: `the first packet after ${Math.round(lateMs)} ms` }
  const loss = lossOf(heard)
  return loss < tolerableLoss
    ? { verdict: 'pass', actual: `${packets} packets, ${percent(loss)} lost` }
    : { verdict: 'fail', actual: `${packets} packets, ${percent(loss)} lost`, atFault: 'undecided' }
}

/** Whether a capture holds media of either end of the call, so that what it lacks was not there to see. */
const seesMedia = ({ observed, trace }: Evidence, negotiation: Negotiation): boolean => {
  if (observed !== true) return true
  return [negotiation.offer, answerOf(negotiation)].some((seen) => {
    const sdp = seen?.description()
    const audio = sdp && audioOf(sdp)
    const address = sdp && audio && connectionOf(sdp, audio)?.address
    return address !== undefined && trace.mediaAddresses.has(normalizeAddress(address))
  })
}

const held = (
  { subject, call }: Interval,
  side: Side,
  { offer }: Negotiation,
  { seen, what }: Withheld,
): Judgement => ({
  subject,
  call: call.name,
  side,
  verdict: 'fail',
  expected: 'a description that lets the audio flow',
  actual: `${what} in the description of the ${side}`,
  frames: [offer.frame, seen.frame],
  advice: `The ${side} itself says that no audio is to flow here: look for a hold that is not taken back, and for a media server that it lacks.`,
})

const judgementOf = (interval: Interval, side: Side, evidence: Evidence): readonly Judgement[] => {
  const negotiation = agreedAt(interval.call, interval.toMs)
  // Strangers agree on what they like; in a ladder of ours audio is to flow.
  const withheld = negotiation && evidence.observed !== true ? withheldBy(side, negotiation, interval) : undefined
  if (negotiation !== undefined && withheld !== undefined) return [held(interval, side, negotiation, withheld)]
  if (!interval.speaks(side)) return []
  const common = {
    subject: interval.subject,
    call: interval.call.name,
    side,
    expected: `packets within ${latestMs / 1000} s, less than ${percent(tolerableLoss)} of them lost`,
  }
  if (negotiation === undefined)
    return [{ ...common, verdict: 'inconclusive', actual: 'no offer was answered', frames: [] }]
  if (!maySend(negotiation, side)) return []
  const heard = heardIn(interval, side)
  if (heard.length === 0 && !seesMedia(evidence, negotiation))
    return [{ ...common, verdict: 'inconclusive', actual: 'the capture holds no media of this call', frames: [] }]
  const described = [negotiation.offer, answerOf(negotiation)].flatMap((seen) =>
    seen === undefined ? [] : [seen.frame],
  )
  const proof = heard.flatMap(({ stretch }) => [stretch.firstFrame, stretch.lastFrame])
  return [{ ...common, ...said(interval, heard), frames: heard.length === 0 ? described : proof }]
}

export default defineCheck({
  id: 'rtp-arrives',
  title: 'Media arrives in each direction that was agreed',
  subject: 'call',
  strength: 'MUST',
  cite: '3264 §6.1',
  requirement:
    'While audio is expected, each side describes a stream that lets it flow, packets arrive from a side that is to send, and few are lost.',
  advice:
    'Open the media ports on the firewall and look at the address in the session description: one-way audio is mostly NAT.',
  judges: ['pbx', 'trunk'],
  presupposes: ['codec-shared'],
  absence: true,
  // Our own packets depend on a codec that we can speak: they are no one's duty here.
  judge: (evidence: Evidence) =>
    intervalsOf(evidence).flatMap((interval) => judgementOf(interval, evidence.sut, evidence)),
})

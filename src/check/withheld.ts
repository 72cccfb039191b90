import { type Side, otherSide } from '../core/finding.ts'
import { type Flow, effectiveFlow } from '../sdp/direction.ts'
import { connectionOf, directionOf } from '../sdp/description.ts'
import { displayText } from '../sip/text.ts'
import type { Negotiation, Seen } from '../observation/trace.ts'
import { answerOf, audioIn } from './codecs.ts'
import type { Interval } from './intervals.ts'

/** A description that stands in the way of audio, and what in it does. */
export type Withheld = { readonly seen: Seen; readonly what: string }

const none: Flow = { sends: false, receives: false }
const all: Flow = { sends: true, receives: true }

const flowIn = (seen: Seen): Flow => {
  const sdp = seen.description()
  const audio = audioIn(seen)
  return sdp === undefined || audio === undefined || audio.port === 0 ? none : effectiveFlow(sdp, audio)
}

const show = (seen: Seen): string => {
  const sdp = seen.description()
  const audio = audioIn(seen)
  if (sdp === undefined || audio === undefined) return 'no audio'
  if (audio.port === 0) return 'm=audio with port 0'
  const direction = directionOf(sdp, audio)
  if (direction !== 'sendrecv') return `a=${direction}`
  return `the address ${displayText(connectionOf(sdp, audio)?.address ?? '')}`
}

/**
 * What that side says of a stream against the audio that is to flow: it does not send what is to be heard from it, or does
 * not take what is to be heard by it (RFC 3264 §5.1, §6.1, §8.4). An answer can give no more than its offer lets it.
 */
export const withheldBy = (side: Side, negotiation: Negotiation, { speaks }: Interval): Withheld | undefined => {
  const { offer, offerer } = negotiation
  const own = offerer === side ? offer : answerOf(negotiation)
  if (own === undefined) return undefined
  const asked = offerer === side ? all : flowIn(offer)
  const given = flowIn(own)
  const isDumb = speaks(side) && asked.receives && !given.sends
  const isDeaf = speaks(otherSide(side)) && asked.sends && !given.receives
  return isDumb || isDeaf ? { seen: own, what: show(own) } : undefined
}

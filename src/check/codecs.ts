import type { Contract } from '../profile/contract.ts'
import { type Format, formatsOf, sameCodec } from '../sdp/codecs.ts'
import type { MediaDescription } from '../sdp/description.ts'
import { displayText } from '../sip/text.ts'
import { audioOf } from '../observation/descriptions.ts'
import type { Call, Negotiation, Seen, Trace } from '../observation/trace.ts'

/** Payload formats that go beside a codec and are none (RFC 4733, RFC 3389, RFC 2198). */
const helpers = ['telephone-event', 'cn', 'red']

/** The audio of a message's description; `undefined` where it describes none. */
export const audioIn = (seen: Seen): MediaDescription | undefined => {
  const sdp = seen.description()
  return sdp && audioOf(sdp)
}

/** The codecs for speech that a description names. */
export const codecsOf = (media: MediaDescription): readonly Format[] =>
  formatsOf(media).filter(({ encoding }) => !helpers.includes(encoding.toLowerCase()))

export const isDocumentedCodec = ({ encoding }: Format, { profile }: Contract): boolean =>
  profile.media.codecs.some((name) => name.toLowerCase() === encoding.toLowerCase())

export const sharedCodecs = (a: MediaDescription, b: MediaDescription): readonly Format[] =>
  codecsOf(a).filter((format) => codecsOf(b).some((other) => sameCodec(format, other)))

/** `PCMU, PCMA`. */
export const showCodecs = (formats: readonly Format[]): string =>
  formats.map(({ encoding }) => displayText(encoding)).join(', ') || 'none'

/** The first negotiation of each transaction: further ones are forks of the same offer. */
export const negotiationsOf = (trace: Trace): readonly Negotiation[] =>
  trace.calls.flatMap(({ negotiations }) =>
    negotiations.filter(
      (one, index) => negotiations.findIndex(({ transaction }) => transaction === one.transaction) === index,
    ),
  )

/** The answer, or what a provisional response showed of it. */
export const answerOf = ({ answer, early }: Negotiation): Seen | undefined => answer ?? early

const listsEvents = (seen: Seen | undefined): boolean => {
  const audio = seen && audioIn(seen)
  return audio !== undefined && formatsOf(audio).some(({ encoding }) => encoding.toLowerCase() === 'telephone-event')
}

/** The last negotiation of a call in which both sides listed telephone-event. */
export const eventsAgreed = ({ negotiations }: Call): Negotiation | undefined =>
  negotiations.findLast((one) => listsEvents(one.offer) && listsEvents(answerOf(one)))

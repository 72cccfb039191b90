import { otherSide } from '../../core/finding.ts'
import { formatsOf } from '../../sdp/codecs.ts'
import type { Call, Digit, Trace } from '../../observation/trace.ts'
import { answerOf, audioIn } from '../codecs.ts'
import { foreignTypes, ownEventTypes } from './quality.ts'
import type { Scene, Shown } from './scene.ts'
import type { CallMedia } from './media.ts'

const listsEvents = (seen: Parameters<typeof audioIn>[0] | undefined): boolean => {
  const audio = seen && audioIn(seen)
  return audio !== undefined && formatsOf(audio).some(({ encoding }) => encoding.toLowerCase() === 'telephone-event')
}

/** Both sides have agreed on telephone-event. */
const agreedOnEvents = ({ negotiations }: Call): readonly number[] => {
  const agreed = negotiations.findLast((one) => listsEvents(one.offer) && listsEvents(answerOf(one)))
  return agreed === undefined ? [] : [agreed.offer.frame, answerOf(agreed)?.frame ?? agreed.offer.frame]
}

/** Digits by INFO of a side that sends none by RTP, though both agreed on that. */
const digitsByInfo = (call: Call, trace: Trace): readonly Digit[] => {
  const own = trace.digits.filter((digit) => digit.call === call)
  const byRtp = new Set(own.filter(({ by }) => by === 'rfc4733').map(({ sender }) => sender))
  return agreedOnEvents(call).length === 0 ? [] : own.filter(({ by, sender }) => by === 'info' && !byRtp.has(sender))
}

export const infoDespiteEvents = ({ call, trace }: Scene): Shown | undefined => {
  const digits = call === undefined ? [] : digitsByInfo(call, trace)
  const [first] = digits
  if (call === undefined || first === undefined) return undefined
  const sent = digits.map(({ digit }) => digit).join('')
  return {
    atFault: first.sender,
    frames: [...agreedOnEvents(call), ...digits.flatMap(({ frames }) => frames)],
    why: `the digits ${sent.slice(0, 40)} went by INFO, though both sides agreed on telephone-event`,
  }
}

const mistyped = (call: Call, media: CallMedia): Shown | undefined => {
  for (const side of ['pbx', 'trunk'] as const)
    for (const stream of media.from(side)) {
      const own = ownEventTypes(media, side)
      const foreign = foreignTypes(media, side, stream).find(({ payloadType }) => own.includes(payloadType))
      if (foreign === undefined) continue
      const asked = ownEventTypes(media, otherSide(side)).join(', ') || 'none'
      const why = `the ${side} sends events as payload type ${foreign.payloadType}, where the ${otherSide(side)} asks for ${asked}`
      return { atFault: side, frames: [...agreedOnEvents(call), foreign.frame], why }
    }
  return undefined
}

export const mistypedEvents = ({ call, media }: Scene): Shown | undefined => call && mistyped(call, media)

export const losesDigits = (call: Call, trace: Trace, media: CallMedia): boolean =>
  digitsByInfo(call, trace).length > 0 || mistyped(call, media) !== undefined

import { type Message, fieldValue } from '../sip/message.ts'
import type { MediaDescription, SessionDescription } from '../sdp/description.ts'
import { parseSdp } from '../sdp/parse.ts'

/** The session description that a message carries; `undefined` where it carries none or none that can be read. */
export const descriptionIn = (message: Message): SessionDescription | undefined => {
  if (message.body.length === 0) return undefined
  const type = (fieldValue(message, 'Content-Type') ?? '').split(';')[0] ?? ''
  if (type.trim().toLowerCase() !== 'application/sdp') return undefined
  const sdp = parseSdp(message.body)
  return sdp.ok ? sdp.value : undefined
}

/** The first audio stream; its port is 0 where it is refused (RFC 3264 §6). */
export const audioOf = (sdp: SessionDescription): MediaDescription | undefined =>
  sdp.media.find(({ kind }) => kind.toLowerCase() === 'audio')

import { type Message, type Request, type Response, fieldValue } from '../sip/message.ts'
import { type Agreed, agreed } from '../sdp/offer-answer.ts'
import type { SessionDescription } from '../sdp/description.ts'
import { parseSdp } from '../sdp/parse.ts'
import type { Media } from '../agent/media.ts'

/** What the player knows of one call of a ladder: mutable, owned by the player. */
export type PlayedCall = {
  readonly name: string
  /** The user agent's name of it, once there is one. */
  ua: string | undefined
  inviteTx: string | undefined
  /** The last challenge that the SUT sent. */
  challenge: Response | undefined
  media: Media | undefined
  local: SessionDescription | undefined
  remote: SessionDescription | undefined
  /** Whose offer has no answer yet. */
  offer: 'local' | 'remote' | undefined
  /** The INVITE whose offer our description answers. */
  answered: Request | undefined
  /** A re-INVITE of the SUT met ours, and will come again (RFC 3261 §14.1). */
  crossed: boolean
  readonly sessionId: number
  version: number
}

export const createCall = (name: string, sessionId: number): PlayedCall => ({
  name,
  ua: undefined,
  inviteTx: undefined,
  challenge: undefined,
  media: undefined,
  local: undefined,
  remote: undefined,
  offer: undefined,
  answered: undefined,
  crossed: false,
  sessionId,
  version: 0,
})

const hasSdp = (message: Message): boolean =>
  message.body.length > 0 && (fieldValue(message, 'Content-Type') ?? '').toLowerCase().startsWith('application/sdp')

/** Takes in the description of a message of the SUT: an offer, or the answer to ours (RFC 3261 §13.2.1). */
export const hear = (call: PlayedCall, message: Message): void => {
  if (!hasSdp(message)) return
  const sdp = parseSdp(message.body)
  if (!sdp.ok) return
  call.remote = sdp.value
  if (message.kind === 'request') call.offer = 'remote'
  else if (call.offer === 'local') call.offer = undefined
}

/** Whether a re-INVITE repeats the description that holds already: same session and version in o= (RFC 3264 §8). */
export const isRefresh = (call: PlayedCall, message: Message): boolean => {
  if (message.kind !== 'request' || message.method !== 'INVITE' || call.remote === undefined) return false
  const sdp = hasSdp(message) ? parseSdp(message.body) : undefined
  return sdp?.ok === true && sdp.value.origin.sessionVersion === call.remote.origin.sessionVersion
}

/** Whether a re-INVITE is the one that met ours and comes again: once, whatever it offers (RFC 3261 §14.1). */
export const isSecondTry = (call: PlayedCall, message: Message): boolean => {
  const isReoffer = message.kind === 'request' && message.method === 'INVITE'
  const { crossed } = call
  if (isReoffer) call.crossed = false
  return isReoffer && crossed
}

/** What both sides agreed on last; `undefined` before an answer. */
export const agreement = (call: PlayedCall): Agreed | undefined => {
  if (call.local === undefined || call.remote === undefined) return undefined
  const result = agreed(call.local, call.remote)
  return result.ok ? result.value : undefined
}

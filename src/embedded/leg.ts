import { scopeOf } from '../core/address.ts'
import { type Result, fault, ok } from '../core/result.ts'
import type { Disarm } from '../core/world.ts'
import { type Media, type Source, openMedia } from '../agent/media.ts'
import { type Direction, type SessionDescription, serializeSdp } from '../sdp/description.ts'
import { type OwnSide, agreed, makeAnswer, makeOffer } from '../sdp/offer-answer.ts'
import { parseSdp } from '../sdp/parse.ts'
import type { EmbeddedOptions } from './party.ts'
import type { Openness, PartyPolicy } from './policy.ts'

/** One call of an embedded party: mutable, owned by its line. */
export type Leg = {
  readonly role: 'uac' | 'uas'
  readonly sessionId: number
  /** The user agent's names of the call and of the INVITE that sets it up; ours has none until it is sent. */
  call: string
  invite: string
  /** Where that INVITE goes. */
  readonly requestUri: string
  /** Address that it came from; none where it is ours. */
  readonly origin: string | undefined
  version: number
  /** `over`: nobody speaks any more, though an answer to our CANCEL may be to come. */
  phase: 'setting-up' | 'up' | 'over'
  media: Media | undefined
  local: SessionDescription | undefined
  remote: SessionDescription | undefined
  /** What our next offer says: `sendonly` while we hold the other side. */
  direction: Direction
  /** What it plays while nobody holds it. */
  source: Source
  /** It is to be held as soon as it is answered. */
  toHold: boolean
  /** Digits that it is to press as soon as it is answered. */
  toPress: string
  readonly timers: Set<Disarm>
}

type NewLeg = Pick<Leg, 'role' | 'sessionId' | 'requestUri'> & Partial<Pick<Leg, 'call' | 'invite' | 'origin'>>

export const createLeg = ({ role, sessionId, requestUri, origin, call = '', invite = '' }: NewLeg): Leg => ({
  role,
  sessionId,
  requestUri,
  origin,
  call,
  invite,
  version: 0,
  phase: 'setting-up',
  media: undefined,
  local: undefined,
  remote: undefined,
  direction: 'sendrecv',
  source: { kind: 'echo' },
  toHold: false,
  toPress: '',
  timers: new Set(),
})

/**
 * Gives the leg its RTP port, unless the call is over when the port is there. `false` where none can be had: no free one in
 * the range, or no such address on this host.
 */
export const openLegMedia = async (
  leg: Leg,
  { world, ticker, seams }: EmbeddedOptions,
  policy: PartyPolicy,
): Promise<boolean> => {
  const { mediaPorts, mediaAddress } = policy
  try {
    const media = await openMedia({
      address: mediaAddress,
      world,
      ticker,
      loopbackOnly: true,
      ...(mediaPorts === undefined ? {} : { ports: mediaPorts }),
      ...(seams.packets === undefined ? {} : { packetBend: seams.packets() }),
    })
    if (leg.phase === 'over') await media.close()
    else leg.media = media
    return true
  } catch {
    return false
  }
}

const own = (leg: Leg, policy: PartyPolicy, codecs: readonly string[]): OwnSide => {
  leg.version += 1
  return {
    address: leg.media?.local.address ?? policy.mediaAddress,
    port: leg.media?.local.port ?? 0,
    codecs,
    ptimeMs: policy.ptimeMs,
    direction: leg.direction,
    sessionId: leg.sessionId,
    sessionVersion: leg.version,
    dtmf: true,
  }
}

/** Our offer, kept until the answer comes. */
export const offerOf = (leg: Leg, policy: PartyPolicy, codecs: readonly string[]): Uint8Array => {
  leg.local = makeOffer(own(leg, policy, [...codecs, ...policy.alsoOffers]), leg.local)
  return serializeSdp(leg.local)
}

const opened = (own: OwnSide, how: Openness): OwnSide => {
  switch (how) {
    case 'open':
      return own
    case 'refused':
      return { ...own, port: 0 }
    case 'held':
      return { ...own, address: '0.0.0.0' }
    default:
      return { ...own, direction: how }
  }
}

/** Our answer to an offer, or our offer where the request had none (RFC 3261 §13.2.1). */
export const answerTo = (
  leg: Leg,
  policy: PartyPolicy,
  body: Uint8Array,
  how: Openness = policy.answers,
): Result<Uint8Array> => {
  if (body.length === 0) return ok(offerOf(leg, policy, policy.codecs))
  const offer = parseSdp(body)
  if (!offer.ok) return offer
  const answer = makeAnswer(offer.value, opened(own(leg, policy, policy.codecs), how))
  leg.remote = offer.value
  if (!answer.ok) return policy.unshared === 'answer' ? ok(offerOf(leg, policy, policy.codecs)) : answer
  leg.local = answer.value.answer
  return ok(serializeSdp(leg.local))
}

/** The other side's answer to our offer. */
export const hearAnswer = (leg: Leg, body: Uint8Array): void => {
  const answer = parseSdp(body)
  if (body.length > 0 && answer.ok) leg.remote = answer.value
}

/** What both agreed on, where packets may go there: an embedded party sends to loopback alone. */
const agreement = (leg: Leg) => {
  if (leg.local === undefined || leg.remote === undefined) return fault('embedded.no-agreement', 'none', leg.call)
  const result = agreed(leg.local, leg.remote)
  if (!result.ok || scopeOf(result.value.remote.address) === 'loopback') return result
  return fault('embedded.not-loopback', 'none', result.value.remote.address)
}

/** The codec that both agreed on. */
export const codecOf = (leg: Leg): string | undefined => {
  const result = agreement(leg)
  return result.ok ? result.value.codec.encoding : undefined
}

/** Starts to send as agreed: its own source, or a ringing tone before the answer. Silent on hold. */
export const sound = (leg: Leg, source: Source = leg.source): void => {
  const result = agreement(leg)
  if (!result.ok || (result.value.direction !== 'sendrecv' && result.value.direction !== 'sendonly')) {
    leg.media?.stop()
    return
  }
  const { codec, dtmf, ptimeMs, remote } = result.value
  if (codec.encoding !== 'PCMU' && codec.encoding !== 'PCMA') return
  const { payloadType, encoding } = codec
  const events = dtmf === undefined ? {} : { events: dtmf.payloadType }
  leg.media?.play({ remote, payloadType, codec: encoding, ptimeMs, source, ...events, cause: 'embedded' })
}

/** What a leg hears, for another to say: audio, and digits where those are to go on. */
export const relayOf = (leg: Leg, media: Media, digits: 'kept' | 'dropped'): Source => {
  const events = (): number | undefined => {
    const result = agreement(leg)
    return result.ok ? result.value.dtmfIn : undefined
  }
  return { kind: 'relay', from: media, ...(digits === 'kept' ? { events } : {}) }
}

/** Presses digits as telephone-events, where those are agreed on. */
export const pressDigits = (leg: Leg, digits: string): void => {
  const result = agreement(leg)
  if (!result.ok || result.value.dtmf === undefined) return
  const { dtmf, remote, ptimeMs } = result.value
  void leg.media?.press({ digits, remote, payloadType: dtmf.payloadType, ptimeMs, cause: 'embedded' })
}

/** Stops its timers and its media. */
export const closeLeg = async (leg: Leg): Promise<void> => {
  leg.phase = 'over'
  for (const disarm of leg.timers) disarm()
  leg.timers.clear()
  await leg.media?.close()
}

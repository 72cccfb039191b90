import { isIpLiteral, normalizeAddress } from '../core/address.ts'
import type { Endpoint } from '../core/frame.ts'
import { fault, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'
import { codecNamed, codecs, formatsOf, sameCodec } from './codecs.ts'
import type { Format } from './codecs.ts'
import { audioLines, compose, refusedLines, sessionLines } from './compose.ts'
import { connectionOf, attributeValues, ptimeOf } from './description.ts'
import type { Direction, MediaDescription, SessionDescription } from './description.ts'
import { directionFrom, effectiveFlow, flowOf, meet } from './direction.ts'
import { timePattern } from './grammar.ts'

export type OwnSide = {
  /** IP literal and port where we receive. */
  readonly address: string
  readonly port: number
  /** Codec names, most wanted first; `telephone-event` among them asks for `dtmf`. */
  readonly codecs: readonly string[]
  readonly ptimeMs: number
  readonly direction: Direction
  readonly sessionId: number
  readonly sessionVersion: number
  readonly dtmf: boolean
}

const wantsDtmf = (own: OwnSide): boolean =>
  own.dtmf || own.codecs.some((name) => codecNamed(name) === 'telephone-event')

/** Telephone-event of the clock rate of each codec beside it: they share one clock (RFC 4733 §2.1). */
const eventsBeside = (voice: readonly Format[]): readonly Format[] => {
  const rates = new Set(voice.map(({ clockRate }) => clockRate))
  return [...rates].map((clockRate): Format => ({ ...codecs['telephone-event'], clockRate }))
}

/** Our formats for the names, DTMF last; a name that we have never heard of is our caller's mistake. */
const ownFormats = (own: OwnSide): readonly Format[] => {
  const names = own.codecs.map((name) => {
    const known = codecNamed(name)
    if (known === undefined) throw new RangeError(`no such codec: ${name}`)
    return known
  })
  const voice = names.filter((name) => name !== 'telephone-event').map((name): Format => codecs[name])
  return wantsDtmf(own) ? [...voice, ...eventsBeside(voice)] : voice
}

const isVoice = ({ encoding }: Format): boolean => !['telephone-event', 'cn'].includes(encoding.toLowerCase())

/** Spelt as we spell it, whatever the case of the remote's rtpmap. */
const spelt = (format: Format): Format => ({ ...format, encoding: codecNamed(format.encoding) ?? format.encoding })

const isAudio = (media: MediaDescription): boolean =>
  media.kind === 'audio' && media.port > 0 && media.protocol.toUpperCase() === 'RTP/AVP'

/** Payload types for codecs that have none of their own (RFC 3551 §6). */
const dynamicTypes: readonly number[] = Array.from({ length: 32 }, (_, index) => 96 + index)

/** RFC 3264 §8.3.2: within a session a payload type keeps its codec: what was agreed before stays, and nothing else takes it. */
const asBefore = (formats: readonly Format[], before: readonly Format[]): readonly Format[] => {
  const taken = new Set(before.map(({ payloadType }) => payloadType))
  return formats.map((format) => {
    const old = before.find((each) => sameCodec(each, format))
    if (old !== undefined) return { ...format, payloadType: old.payloadType }
    const free = [format.payloadType, ...dynamicTypes].find((type) => !taken.has(type)) ?? format.payloadType
    taken.add(free)
    return { ...format, payloadType: free }
  })
}

/**
 * An offer of one audio stream (RFC 3264 §5). In a session that has a description of ours already, `previous`, its other
 * streams stay in place, ended (§8).
 */
export const makeOffer = (own: OwnSide, previous?: SessionDescription): SessionDescription => {
  const place = previous?.media.findIndex(isAudio) ?? -1
  const before = previous?.media[place]
  const formats = asBefore(ownFormats(own), before === undefined ? [] : formatsOf(before))
  const audio = audioLines({ ...own, formats })
  const media =
    previous === undefined || before === undefined
      ? [audio]
      : previous.media.map((stream, index) => (index === place ? audio : refusedLines(stream)))
  return compose([...sessionLines(own), ...media.flat()])
}

/** Milliseconds of audio in each packet to send: what the other asks for, within its maximum and reason. */
const ptimeToSend = (remote: MediaDescription, otherwiseMs: number): number => {
  const wantedMs = ptimeOf(remote) ?? otherwiseMs
  const maximumMs = Number(attributeValues(remote.attributes, 'maxptime')[0])
  const cappedMs = maximumMs > 0 ? Math.min(wantedMs, maximumMs) : wantedMs
  return cappedMs >= 5 && cappedMs <= 200 ? cappedMs : otherwiseMs
}

export type Answered = {
  readonly answer: SessionDescription
  /** What we send with: the offer's payload type (RFC 3264 §6.1). */
  readonly codec: Format
  readonly dtmf?: Format
  readonly ptimeMs: number
}

/**
 * The answer to an offer (RFC 3264 §6): all that is shared of its first audio stream, in its order and with its payload
 * types; every other stream is refused in its place. Fault `sdp.no-shared-codec` where nothing is shared.
 */
export const makeAnswer = (offer: SessionDescription, own: OwnSide): Result<Answered> => {
  const mine = ownFormats(own)
  const sharedOf = (media: MediaDescription): readonly Format[] =>
    isAudio(media) ? formatsOf(media).filter((format) => mine.some((other) => sameCodec(other, format))) : []
  const place = offer.media.findIndex((media) => sharedOf(media).some(isVoice))
  const stream = offer.media[place]
  const shared = stream === undefined ? [] : sharedOf(stream)
  const codec = shared.find(isVoice)
  if (stream === undefined || codec === undefined)
    return fault('sdp.no-shared-codec', '3264 §6', offer.media.map(({ lines }) => lines[0]?.value ?? '').join('; '))
  const dtmf = shared.find((format) => sameCodec(format, codecs['telephone-event']))
  const formats = shared.map((format) =>
    format === dtmf ? { ...format, fmtp: codecs['telephone-event'].fmtp } : format,
  )
  const direction = directionFrom(meet(flowOf(own.direction), effectiveFlow(offer, stream)))
  const audio = audioLines({ port: own.port, formats, ptimeMs: own.ptimeMs, direction })
  const time = offer.lines.find(({ type, value }) => type === 't' && timePattern.test(value))?.value
  const answer = compose([
    ...sessionLines({ ...own, ...(time === undefined ? {} : { time }) }),
    ...offer.media.flatMap((media, index) => (index === place ? audio : refusedLines(media))),
  ])
  return ok({
    answer,
    codec: spelt(codec),
    ...(dtmf === undefined ? {} : { dtmf }),
    ptimeMs: ptimeToSend(stream, own.ptimeMs),
  })
}

export type Agreed = {
  /** With the remote's payload type, which is the one to send with. */
  readonly codec: Format
  /** Telephone-event, where both list it: with the remote's payload type, too. */
  readonly dtmf?: Format
  /** The payload type with which the remote sends it: ours. */
  readonly dtmfIn?: number
  readonly ptimeMs: number
  readonly remote: Endpoint
  /** Ours: what we may do. */
  readonly direction: Direction
}

const events = codecs['telephone-event']

/** RFC 3551 §4.2: the packet time where no one says. */
const defaultPtimeMs = 20

/** What offer and answer, whoever made which, have settled for the first audio stream that both keep. */
export const agreed = (local: SessionDescription, remote: SessionDescription): Result<Agreed> => {
  const place = remote.media.findIndex((media, index) => {
    const counterpart = local.media[index]
    return counterpart !== undefined && isAudio(media) && isAudio(counterpart)
  })
  const [theirs, ours] = [remote.media[place], local.media[place]]
  if (theirs === undefined || ours === undefined)
    return fault('sdp.no-shared-stream', '3264 §6', remote.media.map(({ lines }) => lines[0]?.value ?? '').join('; '))
  const known = formatsOf(ours)
  const codec = formatsOf(theirs).find((format) => isVoice(format) && known.some((other) => sameCodec(other, format)))
  if (codec === undefined) return fault('sdp.no-shared-codec', '3264 §6.1', theirs.formats.join(' '))
  const dtmfIn = known.find((format) => sameCodec(format, events))?.payloadType
  const dtmf = dtmfIn === undefined ? undefined : formatsOf(theirs).find((format) => sameCodec(format, events))
  const address = connectionOf(remote, theirs)?.address ?? ''
  if (!isIpLiteral(address)) return fault('sdp.address-not-literal', '8866 §5.7', address)
  return ok({
    codec: spelt(codec),
    ...(dtmf === undefined || dtmfIn === undefined ? {} : { dtmf, dtmfIn }),
    ptimeMs: ptimeToSend(theirs, ptimeOf(ours) ?? defaultPtimeMs),
    remote: { address: normalizeAddress(address), port: theirs.port },
    direction: directionFrom(meet(effectiveFlow(local, ours), effectiveFlow(remote, theirs))),
  })
}

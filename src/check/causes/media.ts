import { normalizeAddress } from '../../core/address.ts'
import { type Side, otherSide } from '../../core/finding.ts'
import { type Endpoint, sameEndpoint, showEndpoint } from '../../core/frame.ts'
import { audioOf } from '../../observation/descriptions.ts'
import type { Call, Seen, Stream, Trace } from '../../observation/trace.ts'
import { type Format, formatsOf } from '../../sdp/codecs.ts'
import { type MediaDescription, connectionOf } from '../../sdp/description.ts'
import { finalOf } from '../exchange.ts'

/** Where a side wants to hear audio, and the message that says so. */
export type Wanted = {
  readonly side: Side
  readonly seen: Seen
  readonly endpoint: Endpoint
  readonly audio: MediaDescription
  readonly formats: readonly Format[]
  /** Payload types of all its media. */
  readonly listed: readonly string[]
  readonly usesIce: boolean
  /** Where it wants what is no audio. */
  readonly others: readonly Endpoint[]
}

/** From the answer to the first BYE, or to the end of the trace. */
export type Span = { readonly fromMs: number; readonly toMs: number; readonly hangUp: Seen | undefined }

/** The audio of a call: what was said of it, and what was sent. */
export type CallMedia = {
  readonly wanted: readonly Wanted[]
  readonly talk: Span | undefined
  /** The streams that come from that side: of those of all legs, what this one has announced itself. */
  readonly from: (side: Side) => readonly Stream[]
}

/** Of a registration. */
export const noMedia: CallMedia = { wanted: [], talk: undefined, from: () => [] }

/** What the sides of a call say of where they hear audio; refused and held streams are left out. */
export const wantedIn = (call: Call): readonly Wanted[] =>
  call.described.flatMap((seen) => {
    const sdp = seen.description()
    const audio = sdp && audioOf(sdp)
    const connection = sdp && audio && connectionOf(sdp, audio)
    if (sdp === undefined || audio === undefined || connection === undefined) return []
    if (audio.port === 0 || connection.address === '0.0.0.0') return []
    const others = sdp.media.flatMap((media) => {
      const address = connectionOf(sdp, media)?.address
      const isOther = media.port !== 0 && media.port !== audio.port && address !== undefined
      return isOther ? [{ address: normalizeAddress(address), port: media.port }] : []
    })
    const wanted: Wanted = {
      side: seen.sender,
      seen,
      endpoint: { address: normalizeAddress(connection.address), port: audio.port },
      audio,
      formats: formatsOf(audio),
      listed: sdp.media.flatMap(({ formats }) => formats),
      usesIce: [...sdp.attributes, ...audio.attributes].some(({ name }) => name === 'ice-ufrag'),
      others,
    }
    return [wanted]
  })

export const talkOf = (call: Call, trace: Trace): Span | undefined => {
  const answered = call.transactions
    .filter(({ method, inDialog }) => method === 'INVITE' && !inDialog)
    .map(finalOf)
    .find((answer) => answer !== undefined && answer.response.status < 300)
  if (answered === undefined) return undefined
  const hangUp = call.transactions.find(({ method }) => method === 'BYE')?.request
  return { fromMs: answered.seen.timeMs, toMs: hangUp?.timeMs ?? trace.endMs, hangUp }
}

/** Whom a stream comes from, as far as this call knows its ends. */
const senderIn = (call: Call, wanted: readonly Wanted[], stream: Stream): Side | undefined => {
  const at = (endpoint: Endpoint) => wanted.find((one) => sameEndpoint(one.endpoint, endpoint))?.side
  const receiver = at(stream.destination)
  if (receiver !== undefined) return otherSide(receiver)
  return at(stream.source) ?? (stream.call === call ? stream.sender : undefined)
}

/** Of a trace with the streams of this call and of its other legs alone. */
export const mediaOf = (call: Call, trace: Trace): CallMedia => {
  const wanted = wantedIn(call)
  const talk = talkOf(call, trace)
  const beside = new Set(wanted.flatMap(({ others }) => others.map(showEndpoint)))
  const startMs = call.transactions[0]?.request.timeMs ?? 0
  const toMs = talk?.toMs ?? trace.endMs
  const streams = { pbx: new Array<Stream>(), trunk: new Array<Stream>() }
  for (const stream of trace.streams) {
    const { source, destination, firstMs, lastMs } = stream
    if (lastMs < startMs || firstMs > toMs) continue
    if (beside.has(showEndpoint(source)) || beside.has(showEndpoint(destination))) continue
    const sender = senderIn(call, wanted, stream)
    if (sender !== undefined) streams[sender].push(stream)
  }
  return { wanted, talk, from: (side) => streams[side] }
}

import { type Endpoint, type Frame, sameEndpoint } from '../core/frame.ts'
import type { Seen, Stream } from '../observation/trace.ts'
import { createRtpHeader, readRtpHeader } from '../rtp/header.ts'
import { isRtcp } from '../rtp/rtcp.ts'
import type { WholeCall } from './whole-call.ts'

/** Which frames of a capture belong to a call: its messages, media, RTCP and what the network said of them. */
export type Slice = {
  /** The message, stream or error that the frame is of; `undefined` where it is of another call. */
  readonly holds: (frame: Frame) => 'signalling' | 'media' | 'error' | undefined
  /** The stream of a packet of media. */
  readonly streamOf: (frame: Frame) => Stream | undefined
}

const framesOf = ({ frame, parts = [], copies }: Seen): readonly number[] => [frame, ...parts, ...copies]

const signallingOf = ({ hops }: WholeCall): ReadonlySet<number> =>
  new Set(
    hops.flatMap(({ call: { transactions } }) =>
      transactions.flatMap(({ request, requestCopies, responses, responseCopies, acks }) => [
        ...[request, ...responses, ...acks].flatMap(framesOf),
        ...requestCopies,
        ...responseCopies,
      ]),
    ),
  )

/** RTCP goes to the next port, or to the same one (RFC 3550 §11, RFC 5761). */
const isBeside = (a: Endpoint, b: Endpoint): boolean =>
  a.address === b.address && (a.port === b.port || a.port === b.port + 1)

export const sliceOf = (call: WholeCall): Slice => {
  const signalling = signallingOf(call)
  const calls = new Set(call.hops.map((hop) => hop.call))
  const errors = new Set(
    call.trace.networkErrors
      .filter((error) => error.call !== undefined && calls.has(error.call))
      .map(({ frame }) => frame),
  )
  const bySsrc = new Map<number, readonly Stream[]>()
  for (const stream of call.streams) bySsrc.set(stream.ssrc, [...(bySsrc.get(stream.ssrc) ?? []), stream])
  const header = createRtpHeader()

  const streamOf: Slice['streamOf'] = (frame) => {
    if (frame.layer !== 'datagram' || readRtpHeader(frame.bytes, header, frame.cut) !== undefined) return undefined
    return bySsrc
      .get(header.ssrc)
      ?.find(
        ({ source, destination, firstFrame, lastFrame }) =>
          frame.number >= firstFrame &&
          frame.number <= lastFrame &&
          sameEndpoint(source, frame.source) &&
          sameEndpoint(destination, frame.destination),
      )
  }

  const isControl = ({ layer, bytes, source, destination }: Frame): boolean =>
    layer === 'datagram' &&
    isRtcp(bytes) &&
    call.streams.some(
      (stream) =>
        (isBeside(source, stream.source) && isBeside(destination, stream.destination)) ||
        (isBeside(source, stream.destination) && isBeside(destination, stream.source)),
    )

  return {
    streamOf,
    holds: (frame) => {
      if (signalling.has(frame.number)) return 'signalling'
      if (errors.has(frame.number)) return 'error'
      return isControl(frame) || streamOf(frame) !== undefined ? 'media' : undefined
    },
  }
}

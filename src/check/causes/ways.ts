import { type Side, otherSide } from '../../core/finding.ts'
import { sameEndpoint } from '../../core/frame.ts'
import type { Contract } from '../../profile/contract.ts'
import type { Call, Negotiation, NetworkError, Seen, Stream, Trace } from '../../observation/trace.ts'
import { answerOf } from '../codecs.ts'
import { maySend } from '../intervals.ts'
import { reachOf } from '../reach.ts'
import type { CallMedia, Wanted } from './media.ts'

/** One direction of the audio of a call while one negotiation holds. */
export type Way = {
  readonly sender: Side
  readonly negotiation: Negotiation
  readonly fromMs: number
  readonly toMs: number
  /** By the negotiation, the sender may send and the receiver listens. */
  readonly isOpen: boolean
  /** A hold lay before it. */
  readonly isResumed: boolean
  /** Where the receiver wants to hear it. */
  readonly wanted: Wanted | undefined
  /** Streams that come to the receiver, as far as the trace can tell. */
  readonly heard: readonly Stream[]
  /** Streams that are sent and cannot arrive: to an address that the receiver cannot be reached at, or a closed port. */
  readonly unheard: readonly Stream[]
  /** What is wrong with it in time; quality is told of streams. */
  readonly ill: 'silent' | 'late' | 'stops' | undefined
}

/** Less than this need not show anything: the other side is just setting up its media. */
const shortestMs = 1500
const settleMs = 300
const latestMs = 2000
/** Senders that suppress silence pause for some seconds; more is a stream that has stopped. */
const stoppedMs = 5000
/** ICMP errors about one stream before it counts as refused: the first packets may be early. */
const refusals = 3

/** Where media of a side is to be seen: behind a NAT, at the address that its messages come from. */
const mediaAddress = ({ endpoint, seen }: Wanted, contract: Contract | undefined): string =>
  reachOf(endpoint.address, contract) < reachOf(seen.source.address, contract) ? seen.source.address : endpoint.address

/** The trace holds media of these two, so that what it lacks was not there to see. */
const seesMedia = (trace: Trace, wanted: readonly Wanted[], contract: Contract | undefined): boolean => {
  // By ICE, media goes where no description says (RFC 8445 §8).
  if (wanted.length > 0 && wanted.every(({ usesIce }) => usesIce)) return false
  return (
    wanted.some((one) => trace.mediaAddresses.has(mediaAddress(one, contract))) ||
    trace.networkErrors.some(({ destination }) => wanted.some((one) => sameEndpoint(one.endpoint, destination)))
  )
}

/** The receiver sits farther out than the address that the packets go to. */
const isUnreachable = (stream: Stream, wanted: Wanted | undefined, contract: Contract | undefined): boolean =>
  wanted !== undefined && reachOf(stream.destination.address, contract) < reachOf(wanted.seen.source.address, contract)

export const refusalsOf = (stream: Stream, trace: Trace, hangUp: Seen | undefined): readonly NetworkError[] => {
  const errors = trace.networkErrors.filter(
    ({ frame, destination }) =>
      sameEndpoint(destination, stream.destination) && frame > stream.firstFrame && frame < (hangUp?.frame ?? Infinity),
  )
  return errors.length < refusals ? [] : errors
}

/** Comfort noise, or digits alone: pauses in it mean nothing (RFC 3389 §4, RFC 4733 §2.5.1.2). */
export const isSparse = (stream: Stream, wanted: Wanted | undefined): boolean => {
  const names = new Map(wanted?.formats.map(({ payloadType, encoding }) => [payloadType, encoding.toLowerCase()]))
  const kinds = [...stream.payloadTypes.keys()].map(
    (type) => names.get(type) ?? (type === 13 || type === 19 ? 'cn' : ''),
  )
  return kinds.includes('cn') || kinds.every((kind) => kind === 'telephone-event')
}

/** Sends in spells, with pauses that are no gaps: its sender suppresses silence, as at the end, too. */
const pauses = ({ stretches, gapsMs }: Stream): boolean => {
  const pausedMs = stretches.reduce((ms, { fromMs }, index) => {
    const before = stretches[index - 1]
    return before === undefined ? ms : ms + fromMs - before.toMs
  }, 0)
  return pausedMs - gapsMs >= shortestMs
}

const illOf = (way: Omit<Way, 'ill'>, others: readonly Stream[], isSeen: boolean, isEnded: boolean): Way['ill'] => {
  const { fromMs, toMs, heard, isOpen, isResumed, wanted } = way
  if (!isOpen || toMs - fromMs < shortestMs) return undefined
  const present = heard.filter(({ firstMs, lastMs }) => firstMs <= toMs && lastMs >= fromMs + settleMs)
  if (present.length === 0) return isSeen ? 'silent' : undefined
  if (present.some((stream) => isSparse(stream, wanted) || pauses(stream))) return undefined
  const firstMs = Math.min(...present.map((stream) => stream.firstMs))
  const lastMs = Math.max(...present.map((stream) => stream.lastMs))
  if (!isResumed && firstMs > fromMs + latestMs) return 'late'
  const shownMs = isEnded ? toMs : Math.max(0, ...others.map((stream) => Math.min(stream.lastMs, toMs)))
  return shownMs - lastMs > stoppedMs ? 'stops' : undefined
}

/** Each direction of the audio, for each negotiation that held while the call was up. */
export const waysOf = (call: Call, trace: Trace, media: CallMedia, contract: Contract | undefined): readonly Way[] => {
  const { talk, wanted } = media
  if (talk === undefined) return []
  const held = call.negotiations.filter((one, index) => {
    const isLast = call.negotiations.findLastIndex(({ transaction }) => transaction === one.transaction) === index
    return isLast && answerOf(one) !== undefined && (answerOf(one)?.timeMs ?? 0) < talk.toMs
  })
  const isSeen = seesMedia(trace, wanted, contract)
  const isBothWays = held.map((one) => maySend(one, 'pbx') && maySend(one, 'trunk'))
  return held.flatMap((negotiation, index) => {
    const fromMs = Math.max(talk.fromMs, answerOf(negotiation)?.timeMs ?? 0)
    const next = held[index + 1]
    const toMs = next === undefined ? talk.toMs : next.offer.timeMs
    return (['pbx', 'trunk'] as const).map((sender): Way => {
      const at = wanted.findLast(({ side, seen }) => side !== sender && seen.timeMs <= fromMs)
      const all = media.from(sender)
      const unheard = all.filter(
        (stream) => isUnreachable(stream, at, contract) || refusalsOf(stream, trace, talk.hangUp).length > 0,
      )
      const way = {
        sender,
        negotiation,
        fromMs,
        toMs,
        isOpen: maySend(negotiation, sender),
        isResumed: isBothWays.slice(0, index).includes(false),
        wanted: at,
        heard: all.filter((stream) => !unheard.includes(stream)),
        unheard,
      }
      const isEnded = next !== undefined || talk.hangUp !== undefined
      // A tap that sees one direction of a hop says nothing of the other.
      const isTold = isSeen && trace.hops[call.hop]?.unseen !== sender
      return { ...way, ill: illOf(way, media.from(otherSide(sender)), isTold, isEnded) }
    })
  })
}

import { otherSide } from '../../core/finding.ts'
import { sameEndpoint, showEndpoint } from '../../core/frame.ts'
import { isIpLiteral } from '../../core/address.ts'
import { directionOf } from '../../sdp/description.ts'
import { audioOf } from '../../observation/descriptions.ts'
import type { Call, Negotiation } from '../../observation/trace.ts'
import { answerOf } from '../codecs.ts'
import { maySend } from '../intervals.ts'
import { reachOf, showReach } from '../reach.ts'
import { lossy } from './quality.ts'
import { type Scene, type Shown, seconds } from './scene.ts'
import { type Way, isSparse } from './ways.ts'

const describedIn = ({ negotiation }: Way): readonly number[] =>
  [negotiation.offer, answerOf(negotiation)].flatMap((seen) => seen?.frame ?? [])

const streamFrames = ({ heard, unheard }: Way): readonly number[] =>
  [...heard, ...unheard].flatMap(({ firstFrame, lastFrame }) => [firstFrame, lastFrame])

const silent = ({ ways }: Scene): readonly Way[] => ways.filter(({ ill }) => ill === 'silent')

/** Who is to look: a side that sends nothing at all, else the way between. */
const silentFault = (way: Way): Shown['atFault'] => (way.unheard.length > 0 ? otherSide(way.sender) : 'undecided')

const toldSilence = (way: Way): string => {
  const wanted = way.wanted === undefined ? 'the other side' : showEndpoint(way.wanted.endpoint)
  const lasted = seconds(way.toMs - way.fromMs)
  const packets = way.unheard.reduce((sum, stream) => sum + stream.packets, 0)
  return packets === 0
    ? `nothing came from the ${way.sender} to ${wanted} in ${lasted}`
    : `${packets} packets of the ${way.sender} went where they cannot arrive in ${lasted}`
}

const silenceOf = (scene: Scene, both: boolean): Shown | undefined => {
  const ways = silent(scene).filter(
    (way) =>
      both === silent(scene).some((other) => other.sender !== way.sender && other.negotiation === way.negotiation),
  )
  const [first] = ways
  if (first === undefined) return undefined
  const frames = ways.flatMap((way) => [...describedIn(way), ...streamFrames(way)])
  const why = both ? ways.slice(0, 2).map(toldSilence).join('; ') : toldSilence(first)
  return { atFault: both ? 'undecided' : silentFault(first), frames, why }
}

export const oneWayAudio = (scene: Scene): Shown | undefined => silenceOf(scene, false)
export const noAudio = (scene: Scene): Shown | undefined => silenceOf(scene, true)

/** The receiver asks for packets at an address that the sender cannot reach. */
export const sdpPrivate = (scene: Scene): Shown | undefined => {
  for (const way of silent(scene)) {
    const { wanted } = way
    if (wanted === undefined || !isIpLiteral(wanted.endpoint.address)) continue
    const { endpoint, seen } = wanted
    const given = reachOf(endpoint.address, scene.contract)
    // Seen behind the NAT, the source is private too: then the peer shows how far it has to reach.
    const due = Math.max(
      reachOf(seen.source.address, scene.contract),
      reachOf(seen.destination.address, scene.contract),
    )
    if (given >= due) continue
    const why = `the ${wanted.side} asks for audio at the ${showReach(given)} address ${showEndpoint(endpoint)}, which the ${way.sender} cannot reach`
    return { atFault: wanted.side, frames: [seen.frame, ...streamFrames(way)], why }
  }
  return undefined
}

/** A side sends from elsewhere than it announces: then what is sent to the announced place finds no way back. */
export const rtpSourceDiffers = (scene: Scene): Shown | undefined => {
  // An address that cannot be reached explains it already.
  if (sdpPrivate(scene) !== undefined) return undefined
  for (const way of silent(scene)) {
    const { wanted } = way
    if (wanted === undefined) continue
    const own = scene.media
      .from(wanted.side)
      .find(({ source, lastMs }) => lastMs >= way.fromMs && !sameEndpoint(source, wanted.endpoint))
    if (own === undefined) continue
    const why = `the ${wanted.side} sends from ${showEndpoint(own.source)} and asks for audio at ${showEndpoint(wanted.endpoint)}`
    return { atFault: wanted.side, frames: [wanted.seen.frame, own.firstFrame], why }
  }
  return undefined
}

export const lateMedia = ({ ways }: Scene): Shown | undefined => {
  const way = ways.find(({ ill }) => ill === 'late')
  if (way === undefined) return undefined
  const firstMs = Math.min(...way.heard.map((stream) => stream.firstMs))
  const isBoth = ways.some((other) => other.ill === 'late' && other.sender !== way.sender)
  return {
    atFault: isBoth ? 'undecided' : way.sender,
    frames: [...describedIn(way), ...way.heard.map(({ firstFrame }) => firstFrame)],
    why: `the first packet of the ${way.sender} came ${seconds(firstMs - way.fromMs)} after the answer`,
  }
}

/** A pause that silence suppression does not explain, and that people take for a dropped call. */
const longGapMs = 2000

/** Those of streams that lose packets all along are told as loss. */
const longGaps = ({ media }: Scene) => {
  const lost = new Set(lossy(media).map(({ stream }) => stream))
  return (['pbx', 'trunk'] as const).flatMap((side) =>
    media
      .from(side)
      .filter((stream) => !isSparse(stream, undefined) && !lost.has(stream))
      .flatMap((stream) =>
        stream.gaps.filter(({ fromMs, toMs }) => toMs - fromMs >= longGapMs).map((gap) => ({ side, stream, gap })),
      ),
  )
}

export const rtpStops = (scene: Scene): Shown | undefined => {
  const way = scene.ways.find(({ ill }) => ill === 'stops')
  if (way !== undefined) {
    const lastMs = Math.max(...way.heard.map((stream) => stream.lastMs))
    return {
      atFault: way.sender,
      frames: way.heard.map(({ lastFrame }) => lastFrame),
      why: `the last packet of the ${way.sender} came ${seconds(way.toMs - lastMs)} before the end`,
    }
  }
  const open = longGaps(scene).find(({ side, gap }) =>
    scene.ways.some((one) => one.sender === side && one.isOpen && gap.fromMs >= one.fromMs && gap.toMs <= one.toMs),
  )
  if (open === undefined) return undefined
  const { side, stream, gap } = open
  const isLost = stream.lost * (stream.ptimeMs ?? 20) > (gap.toMs - gap.fromMs) / 2
  const lost = isLost ? `, ${stream.lost} packets lost` : ''
  const why = `no packet of the ${side} for ${seconds(gap.toMs - gap.fromMs)} within ${stream.name}${lost}`
  return { atFault: isLost ? 'network' : side, frames: [stream.firstFrame, stream.lastFrame], why }
}

const directionIn = (negotiation: Negotiation, of: 'offer' | 'answer') => {
  const seen = of === 'offer' ? negotiation.offer : answerOf(negotiation)
  const sdp = seen?.description()
  const audio = sdp && audioOf(sdp)
  return sdp && audio && directionOf(sdp, audio)
}

/** Before that, the side that answers had put the call on hold itself, and has not resumed it. */
const holdsItself = ({ negotiation }: Way, { negotiations }: Call): boolean => {
  const before = negotiations.slice(0, negotiations.indexOf(negotiation))
  const own = before.findLast(({ offerer }) => offerer !== negotiation.offerer)
  return own !== undefined && ['sendonly', 'inactive'].includes(directionIn(own, 'offer') ?? '')
}

/** Resumed with `sendrecv`, and the other side still answers as if it were held. */
export const isHalfResumed = (way: Way, call: Call): boolean =>
  way.isResumed &&
  !holdsItself(way, call) &&
  directionIn(way.negotiation, 'offer') === 'sendrecv' &&
  ['recvonly', 'inactive', 'sendonly'].includes(directionIn(way.negotiation, 'answer') ?? '') &&
  way.toMs - way.fromMs >= 1500

export const oneWayAfterHold = (scene: Scene): Shown | undefined => {
  const { call } = scene
  const half = call && scene.ways.find((way) => isHalfResumed(way, call))
  if (half !== undefined) {
    const { negotiation } = half
    return {
      atFault: otherSide(negotiation.offerer),
      frames: describedIn(half),
      why: `resumed with sendrecv, answered with ${directionIn(negotiation, 'answer') ?? ''}`,
    }
  }
  const way = silent(scene).find(
    (one) => one.isResumed && maySend(one.negotiation, 'pbx') && maySend(one.negotiation, 'trunk'),
  )
  const wasHeard = way && scene.ways.some((one) => one.sender === way.sender && !one.isResumed && one.heard.length > 0)
  if (way === undefined || wasHeard !== true) return undefined
  return {
    atFault: way.sender,
    frames: [...describedIn(way), ...streamFrames(way)],
    why: `after the hold, ${toldSilence(way)}`,
  }
}

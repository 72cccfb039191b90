import { type Side, otherSide } from '../core/finding.ts'
import { type Endpoint, type Frame, sameEndpoint } from '../core/frame.ts'
import { type Reception, createReception, lostOf, meanJitterMs, receive } from '../rtp/reception.ts'
import { type RtpPacket, parseRtp } from '../rtp/packet.ts'
import type { G711 } from '../rtp/g711.ts'
import { type Format, codecs } from '../sdp/codecs.ts'
import type { Announcements, Binding } from './announcements.ts'
import { type Listening, audioOfAll, createListening } from './listening.ts'
import { type Count, type PacketTimes, createPacketTimes, mostFrequent } from './packet-times.ts'
import type { Stream } from './trace.ts'

type OpenStream = {
  readonly name: string
  readonly sender: Side
  readonly ssrc: number
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly firstFrame: number
  readonly firstMs: number
  readonly payloadTypes: Map<number, Count>
  readonly packetTimes: PacketTimes
  readonly listening: Listening
  reception: Reception | undefined
  binding: Binding | undefined
  epoch: number
  lastFrame: number
  lastMs: number
  packets: number
}

export type Streams = {
  /** `undefined` where it is no RTP packet, `false` where the trace is full. */
  readonly observe: (frame: Frame, sender: Side) => boolean | undefined
  /** The streams, each put to its call. */
  readonly finish: () => readonly Stream[]
}

const maxStreams = 1024

/** Payload types that mean the same without a description (RFC 3551 §6). */
const staticFormats: readonly Format[] = [codecs.PCMU, codecs.PCMA, codecs.G722, codecs.G729]

const formatOf = (binding: Binding | undefined, payloadType: number): Format | undefined =>
  [...(binding?.formats ?? []), ...staticFormats].find((format) => format.payloadType === payloadType)

const g711Of = (format: Format | undefined): G711 | undefined => {
  const encoding = format?.encoding.toUpperCase()
  return format?.clockRate === 8000 && (encoding === 'PCMU' || encoding === 'PCMA') ? encoding : undefined
}

const take = (stream: OpenStream, frame: Frame, packet: RtpPacket): void => {
  const format = formatOf(stream.binding, packet.payloadType)
  const clockRate = format?.clockRate ?? 8000
  stream.lastFrame = frame.number
  stream.lastMs = frame.timeMs
  stream.packets += 1
  stream.reception ??= createReception(clockRate)
  receive(stream.reception, packet.sequence, packet.timestamp, frame.timeMs)
  const count = stream.payloadTypes.get(packet.payloadType)
  if (count === undefined) stream.payloadTypes.set(packet.payloadType, { packets: 1, firstFrame: frame.number })
  else count.packets += 1
  // An event repeats the timestamp of its start (RFC 4733 §2.2.2): it has no packet time.
  if (format?.encoding.toLowerCase() !== 'telephone-event') stream.packetTimes.observe(packet, clockRate, frame.number)
  stream.listening.hear(frame.number, frame.timeMs, g711Of(format), packet.payload)
}

const finished = (stream: OpenStream): Stream => {
  const { listening, packetTimes, reception, binding, ...seen } = stream
  const stretches = listening.stretches()
  return {
    name: seen.name,
    call: binding?.call,
    bound: binding && 'announced',
    sender: seen.sender,
    ssrc: seen.ssrc,
    source: seen.source,
    destination: seen.destination,
    firstFrame: seen.firstFrame,
    lastFrame: seen.lastFrame,
    firstMs: seen.firstMs,
    lastMs: seen.lastMs,
    packets: seen.packets,
    lost: reception === undefined ? 0 : Math.max(0, lostOf(reception)),
    jitterMs: reception === undefined ? 0 : meanJitterMs(reception),
    maxJitterMs: 0,
    reordered: 0,
    gaps: [],
    gapsMs: 0,
    reported: undefined,
    rtcp: 0,
    encrypted: false,
    payloadTypes: seen.payloadTypes,
    ptimeMs: mostFrequent(packetTimes.counts),
    ptimes: packetTimes.counts,
    audio: audioOfAll(stretches),
    stretches,
  }
}

/** Folds RTP packets into one state per stream: what is kept does not grow with the media. */
export const createStreams = (announcements: Announcements): Streams => {
  const streams: OpenStream[] = []
  const bySsrc = new Map<number, OpenStream[]>()
  const counts = { pbx: 0, trunk: 0 }

  const open = (frame: Frame, sender: Side, ssrc: number, binding: Binding | undefined): OpenStream => {
    counts[sender] += 1
    const stream: OpenStream = {
      name: `stream ${sender}>${otherSide(sender)} ${counts[sender]}`,
      sender,
      ssrc,
      source: frame.source,
      destination: frame.destination,
      firstFrame: frame.number,
      firstMs: frame.timeMs,
      payloadTypes: new Map(),
      packetTimes: createPacketTimes(),
      listening: createListening(),
      reception: undefined,
      binding,
      epoch: announcements.epoch(),
      lastFrame: frame.number,
      lastMs: frame.timeMs,
      packets: 0,
    }
    streams.push(stream)
    const others = bySsrc.get(ssrc)
    if (others === undefined) bySsrc.set(ssrc, [stream])
    else others.push(stream)
    return stream
  }

  const streamOf = (frame: Frame, sender: Side, ssrc: number): OpenStream | undefined => {
    const known = bySsrc
      .get(ssrc)
      ?.findLast(
        (stream) =>
          stream.sender === sender &&
          sameEndpoint(stream.source, frame.source) &&
          sameEndpoint(stream.destination, frame.destination),
      )
    const epoch = announcements.epoch()
    if (known?.epoch === epoch) return known
    const binding = announcements.bind(sender, frame.source, frame.destination)
    // The same ports in another call: another stream, though nothing in the packets says so.
    if (known !== undefined && (known.binding === undefined || known.binding.call === binding?.call)) {
      known.binding = binding
      known.epoch = epoch
      return known
    }
    return streams.length < maxStreams ? open(frame, sender, ssrc, binding) : undefined
  }

  const observe: Streams['observe'] = (frame, sender) => {
    const packet = parseRtp(frame.bytes)
    if (!packet.ok) return undefined
    const stream = streamOf(frame, sender, packet.value.ssrc)
    if (stream === undefined) return false
    take(stream, frame, packet.value)
    return true
  }

  const finish = (): readonly Stream[] =>
    streams.map((stream) => {
      // The description may have come behind the last packet.
      stream.binding ??= announcements.bind(stream.sender, stream.source, stream.destination)
      return finished(stream)
    })
  return { observe, finish }
}

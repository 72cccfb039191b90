import type { Endpoint, Frame } from '../core/frame.ts'
import { type Reception, createReception, lateMs, receive, renumber, resume } from '../rtp/reception.ts'
import { type RtpHeader, createRtpHeader, readRtpHeader } from '../rtp/header.ts'
import type { G711 } from '../rtp/g711.ts'
import { type Report, type ReportBlock, reportsIn } from '../rtp/reports.ts'
import { type Format, codecs } from '../sdp/codecs.ts'
import type { Announcements, Binding, Slot } from './announcements.ts'
import { type Arrivals, arrive, createArrivals } from './arrivals.ts'
import { type Events, createEvents, isEventLike } from './events.ts'
import type { Origin } from './hops.ts'
import { type Listening, createAttendance, createListening } from './listening.ts'
import { type Count, type PacketTimes, countPacketTime, createPacketTimes } from './packet-times.ts'
import { createStreamPlaces } from './stream-places.ts'
import type { ReceiverReports } from './trace.ts'

/** A stream while packets still come. */
export type OpenStream = {
  /** By the tap; elsewhere its binding tells. */
  readonly sender: Origin | undefined
  readonly ssrc: number
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly from: Slot
  readonly to: Slot
  readonly firstFrame: number
  readonly firstMs: number
  readonly payloadTypes: Map<number, Count>
  readonly packetTimes: PacketTimes
  readonly listening: Listening
  readonly arrivals: Arrivals
  readonly reception: Reception
  events: Events | undefined
  reported: ReceiverReports | undefined
  rtcp: number
  bindings: readonly Binding[]
  /** Sum of the versions of both slots when it was bound. */
  version: number
  /** Set by a new description, until the next packet. */
  isNew: boolean
  /** Its last packet was comfort noise. */
  wasNoise: boolean
  /** The format of the last packet, for as long as the binding holds. */
  payloadType: number
  count: Count
  format: Format | undefined
  g711: G711 | undefined
  /** What that format, or its number where it has none, says of its packets. */
  kind: 'noise' | 'event' | 'sound' | 'unknown'
  maxJitterMs: number
  lastFrame: number
  lastMs: number
  packets: number
}

export type Streams = {
  /** `undefined` where it is no RTP packet, `false` where the trace is full. */
  readonly observe: (frame: Frame, sender: Origin | undefined) => boolean | undefined
  readonly report: (frame: Frame) => void
  /** All so far, each put to its calls; those of no call only where they look like streams. */
  readonly all: () => readonly OpenStream[]
}

const versionOf = ({ from, to }: OpenStream): number => from.version + to.version

/** Whether no description came since its last packet. */
const isBound = (stream: OpenStream): boolean => stream.version === versionOf(stream)

/** `run`: what a ladder can need. `capture`: many calls, in which nobody listens to each. */
const limits = { run: 1024, capture: 50_000 } as const

/** Payload types that mean the same without a description (RFC 3551 §6). */
const staticFormats: readonly Format[] = [
  codecs.PCMU,
  codecs.GSM,
  { payloadType: 4, encoding: 'G723', clockRate: 8000 },
  codecs.PCMA,
  codecs.G722,
  { payloadType: 13, encoding: 'CN', clockRate: 8000 },
  codecs.G729,
  { payloadType: 31, encoding: 'H261', clockRate: 90_000 },
  { payloadType: 34, encoding: 'H263', clockRate: 90_000 },
]

const formatOf = ({ bindings: [binding] }: OpenStream, payloadType: number): Format | undefined => {
  const isIt = (format: Format): boolean => format.payloadType === payloadType
  return binding?.formats.find(isIt) ?? binding?.ownFormats.find(isIt) ?? staticFormats.find(isIt)
}

const g711Of = (format: Format | undefined): G711 | undefined => {
  const encoding = format?.encoding.toUpperCase()
  return format?.clockRate === 8000 && (encoding === 'PCMU' || encoding === 'PCMA') ? encoding : undefined
}

const isEncrypted = ({ bindings: [binding] }: OpenStream): boolean => binding?.encrypted === true

/** Comfort noise (RFC 3389), also by its type of old; telephone-events (RFC 4733). */
const kindOf = (format: Format | undefined, payloadType: number): OpenStream['kind'] => {
  const encoding = format?.encoding.toLowerCase()
  if (payloadType === 13 || payloadType === 19 || encoding === 'cn') return 'noise'
  if (encoding === 'telephone-event') return 'event'
  return encoding === undefined ? 'unknown' : 'sound'
}

/** Later than this, behind a marker, a talkspurt begins with a clock of its own. */
const pauseMs = 100

const time = (stream: OpenStream, packet: RtpHeader, timeMs: number, isSteady: boolean): void => {
  const { reception } = stream
  const { sequence, timestamp, marker } = packet
  if (marker && Math.abs(lateMs(reception, timestamp, timeMs)) > pauseMs) resume(reception, sequence, timestamp, timeMs)
  else receive(reception, sequence, timestamp, timeMs, isSteady)
  if (reception.jitterMs > stream.maxJitterMs) stream.maxJitterMs = reception.jitterMs
}

/**
 * In a stream of events alone nothing is sent between them. A jump from the end of one that came whole to the marker of the
 * next is a sender that plays each from a recording of its own.
 */
const isRenumbered = ({ events, reception }: OpenStream, packet: RtpHeader): boolean =>
  reception.timed === 0 && events?.isNext(packet) === true && packet.sequence !== ((reception.maxSequence + 1) & 0xffff)

const countOf = ({ payloadTypes }: OpenStream, payloadType: number, frame: number): Count => {
  const count = payloadTypes.get(payloadType) ?? { packets: 0, firstFrame: frame }
  payloadTypes.set(payloadType, count)
  return count
}

const take = (stream: OpenStream, frame: Frame, packet: RtpHeader): void => {
  if (packet.payloadType !== stream.payloadType) {
    stream.payloadType = packet.payloadType
    stream.format = formatOf(stream, packet.payloadType)
    stream.kind = kindOf(stream.format, packet.payloadType)
    stream.g711 = g711Of(stream.format)
    stream.count = countOf(stream, packet.payloadType, frame.number)
  }
  const { format, kind, reception } = stream
  const clockRate = format?.clockRate ?? 8000
  const encrypted = isEncrypted(stream)
  const event = kind === 'event' || (kind === 'unknown' && isEventLike(packet))
  const noise = kind === 'noise'
  stream.lastFrame = frame.number
  stream.lastMs = frame.timeMs
  stream.packets += 1
  stream.count.packets += 1
  const renumbers = event && isRenumbered(stream, packet)
  arrive(stream.arrivals, packet, frame.timeMs, clockRate, event || noise, stream.isNew || renumbers)
  stream.isNew = false
  if (event) {
    // An event repeats the timestamp of its start (RFC 4733 §2.2.2): it has no packet time.
    if (renumbers) renumber(reception, packet.sequence)
    else receive(reception, packet.sequence, undefined, frame.timeMs)
    stream.events ??= createEvents()
    if (!encrypted) stream.events.observe(packet, frame.number, frame.timeMs, clockRate)
  } else {
    if (reception.timed === 0) reception.clockRate = clockRate
    time(stream, packet, frame.timeMs, !noise && !stream.wasNoise && !packet.marker)
    stream.wasNoise = noise
    countPacketTime(stream.packetTimes, packet, clockRate, frame.number)
  }
  stream.listening.hear(frame.number, frame.timeMs, encrypted ? undefined : stream.g711, packet)
}

const reportedWith = (stream: OpenStream, block: ReportBlock, frame: number): ReceiverReports => {
  const before = stream.reported
  const jitterMs = (block.jitter * 1000) / stream.reception.clockRate
  return {
    reports: (before?.reports ?? 0) + 1,
    firstFrame: before?.firstFrame ?? frame,
    maxFractionLost: Math.max(before?.maxFractionLost ?? 0, block.fractionLost),
    lost: block.lost,
    maxJitterMs: Math.max(before?.maxJitterMs ?? 0, jitterMs),
  }
}

/** Types 35 to 95 mean nothing without a description, and 72 to 76 are RTCP's (RFC 3551 §6). */
const isPlausible = (payloadType: number): boolean => payloadType < 35 || payloadType >= 96

/** Packets in a row that tell a stream from datagrams that happen to begin like one (RFC 3550 A.1 asks for two). */
const leastRun = 3
/** Such that are not yet one. */
const maxCandidates = 4096

/** Folds RTP packets into one state per stream: what is kept does not grow with the media. */
export const createStreams = (announcements: Announcements, kind: 'run' | 'capture'): Streams => {
  const streams = new Set<OpenStream>()
  const places = createStreamPlaces<OpenStream>()
  /** Unbound and not yet a stream by shape; the oldest goes first. */
  const candidates = new Set<OpenStream>()
  /** The one at hand. */
  const packet = createRtpHeader()

  const drop = (stream: OpenStream): void => {
    streams.delete(stream)
    candidates.delete(stream)
    places.remove(stream)
  }

  const open = (frame: Frame, sender: Origin | undefined, ssrc: number, from: Slot, to: Slot): OpenStream => {
    const stream: OpenStream = {
      sender,
      ssrc,
      source: { ...frame.source },
      destination: { ...frame.destination },
      from,
      to,
      firstFrame: frame.number,
      firstMs: frame.timeMs,
      payloadTypes: new Map(),
      packetTimes: createPacketTimes(),
      // Nobody listens to each call of a capture.
      listening: kind === 'run' ? createListening() : createAttendance(),
      arrivals: createArrivals(),
      reception: createReception(8000),
      events: undefined,
      reported: undefined,
      rtcp: 0,
      bindings: [],
      version: -1,
      isNew: false,
      wasNoise: false,
      payloadType: -1,
      count: { packets: 0, firstFrame: 0 },
      format: undefined,
      g711: undefined,
      kind: 'unknown',
      maxJitterMs: 0,
      lastFrame: frame.number,
      lastMs: frame.timeMs,
      packets: 0,
    }
    streams.add(stream)
    places.add(stream)
    return stream
  }

  const bind = (stream: OpenStream, bindings: readonly Binding[]): void => {
    stream.isNew = stream.version >= 0
    stream.bindings = bindings
    stream.version = versionOf(stream)
    stream.payloadType = -1
  }

  const streamOf = (frame: Frame, sender: Origin | undefined, packet: RtpHeader): OpenStream | undefined | false => {
    const stream = places.find(packet.ssrc, frame.source, frame.destination, sender)
    if (stream !== undefined && isBound(stream)) return stream
    const from = stream?.from ?? announcements.slotOf(frame.source)
    const to = stream?.to ?? announcements.slotOf(frame.destination)
    const bindings = announcements.bind(sender, from, to)
    const call = bindings[0]?.call
    const before = stream?.bindings[0]?.call
    // The same ports in another call: another stream, though nothing in the packets says so.
    if (stream !== undefined && (before === undefined || call === undefined || before === call)) {
      bind(stream, call === undefined ? stream.bindings : bindings)
      return stream
    }
    if (kind === 'capture' && call === undefined && !isPlausible(packet.payloadType)) return undefined
    if (streams.size >= limits[kind]) return false
    const opened = open(frame, sender, packet.ssrc, from, to)
    bind(opened, bindings)
    if (kind === 'capture' && call === undefined) candidates.add(opened)
    for (const oldest of candidates) {
      if (candidates.size <= maxCandidates) break
      drop(oldest)
    }
    return opened
  }

  const observe: Streams['observe'] = (frame, sender) => {
    if (readRtpHeader(frame.bytes, packet, frame.cut) !== undefined) return undefined
    const stream = streamOf(frame, sender, packet)
    if (stream === undefined || stream === false) return stream
    take(stream, frame, packet)
    if (candidates.size > 0 && (stream.bindings.length > 0 || stream.arrivals.longestRun >= leastRun))
      candidates.delete(stream)
    return true
  }

  const noteReport = (frame: Frame, report: Report): void => {
    const sent = places.reported(report.sender, frame.source, frame.destination)
    if (sent !== undefined) sent.rtcp += 1
    for (const block of report.blocks) {
      const heard = places.reported(block.ssrc, frame.destination, frame.source)
      // The blocks of SRTCP are encrypted (RFC 3711 §3.4).
      if (heard !== undefined && !isEncrypted(heard)) heard.reported = reportedWith(heard, block, frame.number)
    }
  }
  const report: Streams['report'] = (frame) => {
    for (const one of reportsIn(frame.bytes)) noteReport(frame, one)
  }

  const all = (): readonly OpenStream[] => {
    for (const stream of streams) {
      // The description may have come behind the last packet.
      if (stream.bindings.length === 0) bind(stream, announcements.bind(stream.sender, stream.from, stream.to))
      if (stream.bindings.length > 0) candidates.delete(stream)
    }
    return [...streams].filter((stream) => !candidates.has(stream))
  }
  return { observe, report, all }
}

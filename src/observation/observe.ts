import { otherSide } from '../core/finding.ts'
import { type Frame, sameEndpoint } from '../core/frame.ts'
import { type Fault, fault } from '../core/result.ts'
import { isRtcp } from '../rtp/rtcp.ts'
import { parseMessage } from '../sip/parse.ts'
import { createAnnouncements } from './announcements.ts'
import { type Skipped, createConnections } from './connections.ts'
import { digitsOf } from './digits.ts'
import { type Finished, finishedOf } from './finished.ts'
import { type Origin, createHops } from './hops.ts'
import { type Refusal, refusalOf } from './icmp.ts'
import { linksOf } from './links.ts'
import { registrationsOf } from './registrations.ts'
import type { Kept } from './seen.ts'
import { createSignalling, wayOf } from './signalling.ts'
import { createStreams } from './streams.ts'
import type { Malformed, NetworkError, Observer, ObserverOptions, Trace } from './trace.ts'

type Kind = Exclude<keyof Trace['counted'], 'frames'>

const startLineLimit = 1024
const carriageReturn = 13
const lineFeed = 10

/** `SIP/` in the first line, behind the empty lines that keep a path alive (RFC 3261 §7.5, RFC 5626 §4.4.1). */
const looksLikeSip = (bytes: Uint8Array): boolean => {
  let start = 0
  while (bytes[start] === carriageReturn || bytes[start] === lineFeed) start++
  const head = bytes.subarray(start, start + startLineLimit)
  const end = head.indexOf(lineFeed)
  return Buffer.from(end < 0 ? head : head.subarray(0, end)).includes('SIP/')
}

/** Version 2 in the top bits: what RTP and RTCP share, and no text begins with (RFC 7983 §7). */
const looksLikeMedia = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) >> 6 === 2

/** A TLS record, or one of DTLS (RFC 8446 §5.1, RFC 6347 §4.1). */
const looksEncrypted = ([type = 0, major = 0]: Uint8Array, layer: Frame['layer']): boolean =>
  type >= 20 && type <= 23 && major === (layer === 'tcp' ? 3 : 254)

/** What a flood of ICMP, or of bytes that look like SIP, may bring. */
const maxErrors = 1000
const maxMalformed = 10_000

const boundTo = (refusal: Refusal & { readonly message: Kept | undefined }, streams: readonly Finished[]) => {
  const { source, destination, frame } = refusal
  const takesIt = ({ stream }: Finished): boolean =>
    source !== undefined &&
    sameEndpoint(stream.source, source) &&
    sameEndpoint(stream.destination, destination) &&
    stream.firstFrame < frame
  return source === undefined ? undefined : streams.findLast(takesIt)?.stream
}

const createFold = (options: ObserverOptions): Observer => {
  const kind = 'roles' in options ? 'capture' : 'run'
  const played = 'played' in options ? options.played : 'pbx'
  const hops = createHops(options)
  const announcements = createAnnouncements()
  const signalling = createSignalling(announcements, hops, kind)
  const streams = createStreams(announcements, kind)
  const malformed: (Omit<Malformed, 'sender'> & { readonly sender: Origin })[] = []
  const refusals: (Refusal & { readonly message: Kept | undefined })[] = []
  const counted = { frames: 0, sip: 0, rtp: 0, rtcp: 0, other: 0, encrypted: 0, cut: 0, beyond: 0 }
  let endMs = 0

  const report = ({ number, source }: Frame, sender: Origin, told: Fault): boolean => {
    if (malformed.length >= maxMalformed) return false
    malformed.push({ frame: number, source, hop: sender.hop, sender, fault: told })
    return true
  }

  const sip = (frame: Frame): Kind => {
    const sender = hops.senderOf(frame)
    if (sender === undefined) return kind === 'run' ? 'other' : 'beyond'
    // Live and from a file, the buffer behind a frame may be used again.
    const wire = new Uint8Array(frame.bytes)
    const message = parseMessage(wire)
    if (message.ok) return signalling.admit(frame, sender, message.value, wire) ? 'sip' : 'beyond'
    return report(frame, sender, message.fault) ? 'other' : 'beyond'
  }

  const media = (frame: Frame): Kind => {
    if (isRtcp(frame.bytes)) {
      streams.report(frame)
      return 'rtcp'
    }
    const taken = streams.observe(frame, kind === 'run' ? hops.senderOf(frame) : undefined)
    return taken === undefined ? 'other' : taken ? 'rtp' : 'beyond'
  }

  const refused = (frame: Frame): Kind => {
    const refusal = refusalOf(frame)
    if (refusal === undefined) return 'other'
    if (refusals.length >= maxErrors) return 'beyond'
    const message = refusal.source && signalling.lastOn(wayOf(refusal.source, refusal.destination))
    refusals.push({ ...refusal, message })
    return 'other'
  }

  const kinds = { 'not sip': 'other', tls: 'encrypted', websocket: 'encrypted', cut: 'cut' } as const satisfies Record<
    Skipped,
    Kind
  >
  const connections = createConnections({
    message: (frame) => {
      counted[sip(frame)] += 1
    },
    skipped: (reason) => {
      counted[kinds[reason]] += 1
    },
    stray: (frame, bytes) => {
      const sender = hops.senderOf(frame)
      const told = fault('stream.no-message', '3261 §18.3', `${bytes} bytes behind it are no message`).fault
      if (sender !== undefined) report(frame, sender, told)
    },
    unfinished: (frame, bytes) => {
      const sender = hops.senderOf(frame)
      const told = fault('stream.unfinished', '3261 §18.3', `${bytes} bytes, and the end of the connection`).fault
      if (sender !== undefined) report(frame, sender, told)
    },
  })

  const kindOf = (frame: Frame): Kind => {
    if (frame.layer === 'icmp') return refused(frame)
    if (frame.layer === 'dns' || (kind === 'run' && frame.tap === 'observed')) return 'other'
    if (frame.layer === 'datagram' && looksLikeMedia(frame.bytes)) return media(frame)
    if (frame.layer !== 'tls' && looksEncrypted(frame.bytes, frame.layer)) return 'encrypted'
    if (!looksLikeSip(frame.bytes)) return 'other'
    // What is cut off may be what matters: a message is whole or none.
    return frame.cut === undefined ? sip(frame) : 'cut'
  }

  const observe: Observer['observe'] = (frame) => {
    counted.frames += 1
    if (frame.layer === 'tcp' && frame.stream !== undefined) connections.take(frame, frame.stream)
    else counted[kindOf(frame)] += 1
    endMs = Math.max(endMs, frame.timeMs)
  }

  const finish = (): Trace => {
    connections.finish()
    signalling.settle()
    const finished = finishedOf(streams.all(), hops)
    for (const call of signalling.calls) call.streams.length = 0
    for (const { byCall } of finished) for (const [call, stream] of byCall) call.streams.push(stream)
    return {
      played,
      sut: otherSide(played),
      messages: signalling.messages,
      transactions: signalling.transactions,
      calls: signalling.calls,
      streams: finished.map(({ stream }) => stream),
      hops: hops.list(),
      links: linksOf(signalling.calls),
      digits: digitsOf(signalling.calls, finished),
      registrations: registrationsOf(signalling.transactions, endMs),
      malformed: malformed.map(({ sender, ...told }) => ({ ...told, sender: sender.side() })),
      networkErrors: refusals.map((refusal): NetworkError => {
        const stream = boundTo(refusal, finished)
        const call = refusal.message === undefined ? stream?.call : signalling.callOf(refusal.message)
        return { ...refusal, stream, call }
      }),
      endMs,
      mediaAddresses: new Set(finished.flatMap(({ stream }) => [stream.source.address, stream.destination.address])),
      counted: { ...counted },
    }
  }
  return { observe, finish }
}

/** The fold of frames into a trace. It takes no part: it never answers, and demands no message. */
export const createObserver = (options: ObserverOptions): Observer => {
  if ('played' in options) return createFold(options)
  // What the fold alone needs is as large as the trace of a capture: it goes once that is told.
  let fold: Observer | undefined = createFold(options)
  let trace: Trace | undefined
  return {
    observe: (frame) => fold?.observe(frame),
    finish: () => {
      trace ??= (fold ?? createFold(options)).finish()
      fold = undefined
      return trace
    },
  }
}

import { type Side, otherSide } from '../core/finding.ts'
import type { Frame, Tap } from '../core/frame.ts'
import { isRtcp } from '../rtp/rtcp.ts'
import { parseMessage } from '../sip/parse.ts'
import { createAnnouncements } from './announcements.ts'
import { networkErrorOf } from './icmp.ts'
import { createSignalling } from './signalling.ts'
import { createStreams } from './streams.ts'
import type { Malformed, NetworkError, Observer, ObserverOptions, Trace } from './trace.ts'

type Kind = 'sip' | 'rtp' | 'rtcp' | 'other' | 'beyond'

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
const looksLikeMedia = ([first = 0]: Uint8Array): boolean => first >> 6 === 2

/** The fold of frames into a trace. It takes no part: it never answers, and demands no message. */
export const createObserver = (options: ObserverOptions): Observer => {
  const played = 'played' in options ? options.played : 'pbx'
  const announcements = createAnnouncements()
  const signalling = createSignalling(announcements)
  const streams = createStreams(announcements)
  const malformed: Malformed[] = []
  const networkErrors: NetworkError[] = []
  const counted = { frames: 0, sip: 0, rtp: 0, rtcp: 0, other: 0, encrypted: 0, beyond: 0 }

  /** Whose a frame is by the tap alone; `undefined` where neither party that we know of has the tap. */
  const senderBy: Record<Tap, Side | undefined> = { sent: played, received: otherSide(played), observed: undefined }

  const sip = (frame: Frame, sender: Side): Kind => {
    // Live and from a file, the buffer behind a frame may be used again.
    const wire = frame.bytes.slice()
    const message = parseMessage(wire)
    if (message.ok) return signalling.admit(frame, sender, message.value, wire) ? 'sip' : 'beyond'
    malformed.push({ frame: frame.number, sender, fault: message.fault })
    return 'other'
  }

  const datagram = (frame: Frame, sender: Side): Kind => {
    if (isRtcp(frame.bytes)) return 'rtcp'
    if (looksLikeMedia(frame.bytes)) {
      const taken = streams.observe(frame, sender)
      return taken === undefined ? 'other' : taken ? 'rtp' : 'beyond'
    }
    return looksLikeSip(frame.bytes) ? sip(frame, sender) : 'other'
  }

  const kindOf = (frame: Frame): Kind => {
    const sender = senderBy[frame.tap]
    if (frame.layer === 'datagram' && sender !== undefined) return datagram(frame, sender)
    const error = frame.layer === 'icmp' ? networkErrorOf(frame) : undefined
    if (error !== undefined) networkErrors.push(error)
    return 'other'
  }

  const observe: Observer['observe'] = (frame) => {
    counted.frames += 1
    counted[kindOf(frame)] += 1
  }
  const finish = (): Trace => {
    const all = streams.finish()
    for (const call of signalling.calls)
      call.streams.splice(0, call.streams.length, ...all.filter((stream) => stream.call === call))
    return {
      played,
      sut: otherSide(played),
      messages: signalling.messages,
      transactions: signalling.transactions,
      calls: signalling.calls,
      streams: all,
      hops: [],
      links: [],
      digits: [],
      registrations: [],
      malformed,
      networkErrors,
      counted,
    }
  }
  return { observe, finish }
}

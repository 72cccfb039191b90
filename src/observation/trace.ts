import type { SessionDescription } from '../sdp/description.ts'
import type { Endpoint, Frame } from '../core/frame.ts'
import type { Fault } from '../core/result.ts'
import type { Side } from '../core/finding.ts'
import type { Message, Request, Response } from '../sip/message.ts'

/** One SIP message that crossed the tap. Raw bytes are kept; `message` and `description` may parse on each call. */
export type Seen<M extends Message = Message> = {
  /** The one that completed it. */
  readonly frame: number
  /** All that carried it, where they are several: fragments, segments of a stream. */
  readonly parts: readonly number[] | undefined
  /** Frames of byte-equal copies between the same two endpoints, the first excluded. */
  readonly copies: readonly number[]
  readonly timeMs: number
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly transport: 'udp' | 'tcp' | 'tls'
  /** Index in `trace.hops`. */
  readonly hop: number
  /** Within its hop. */
  readonly sender: Side
  readonly wire: Uint8Array
  readonly message: () => M
  /** The session description that it carries; `undefined` where it carries none or none that can be read. */
  readonly description: () => SessionDescription | undefined
}

/** A client transaction as seen: requests matched by top Via branch and method, responses by branch and CSeq method. */
export type Transaction = {
  /** `call 1/INVITE 2`, `OPTIONS 1`. The number counts transactions of that method in that call, by first frame. */
  readonly name: string
  readonly call: Call | undefined
  readonly hop: number
  readonly method: string
  readonly client: Side
  readonly request: Seen<Request>
  /** Frames of byte-equal copies of the request, the first excluded. */
  readonly requestCopies: readonly number[]
  /** First copies, in order. */
  readonly responses: readonly Seen<Response>[]
  readonly responseCopies: readonly number[]
  /** For INVITE: ACKs to its final response (in the transaction for 300-699, of its own for 2xx; matched by CSeq). */
  readonly acks: readonly Seen<Request>[]
  readonly inDialog: boolean
}

/** One call (Call-ID) on one hop, with all its dialogs: a call through a proxy is one on each hop. */
export type Call = {
  /** `call 1`, by first frame. */
  readonly name: string
  readonly callId: string
  readonly hop: number
  /** Who sent the first INVITE. */
  readonly caller: Side
  readonly transactions: readonly Transaction[]
  readonly streams: readonly Stream[]
  /** Offer/answer pairs in order; each side's own description. */
  readonly negotiations: readonly Negotiation[]
  /** Messages with a session description, in order, whatever came of them. */
  readonly described: readonly Seen[]
}

export type Negotiation = {
  /** The one that carried the offer: in its request, or in a response to a request without one. */
  readonly transaction: Transaction
  readonly offer: Seen
  /** The provisional response that carried the answer before it was final (RFC 3261 §13.2.1). */
  readonly early: Seen | undefined
  readonly answer: Seen | undefined
  readonly offerer: Side
}

/** Loudness and pitch of what a stream carried, of G.711 only. */
export type Audio = {
  /** Milliseconds of packets whose level is above -40 dBov. */
  readonly audibleMs: number
  readonly silentMs: number
  /** Dominant frequency of the audible part, in Hz, to the nearest 10; `undefined` where no one tone dominates. */
  readonly toneHz: number | undefined
}

/** A stretch of a stream in which it sounded the same; a bounded number of them, the last takes in what is left. */
export type Stretch = {
  readonly firstFrame: number
  readonly lastFrame: number
  readonly fromMs: number
  readonly toMs: number
  readonly packets: number
  /** Of G.711 only. */
  readonly audio: Audio | undefined
}

/** Time in which packets that were due did not come: no silence suppression, comfort noise or hold explains it. */
export type Gap = { readonly fromMs: number; readonly toMs: number }

/** What the receiver of a stream reported of it (RFC 3550 §6.4), by the reports seen. */
export type ReceiverReports = {
  readonly reports: number
  readonly firstFrame: number
  /** The worst, from 0 to 1. */
  readonly maxFractionLost: number
  /** The last cumulative number of packets lost, and the worst jitter in milliseconds. */
  readonly lost: number
  readonly maxJitterMs: number
}

/** One RTP stream: sender, SSRC, source and destination, within one call. */
export type Stream = {
  /** `stream pbx>trunk 1`: numbered per direction in the ladder run, by first frame. */
  readonly name: string
  readonly call: Call | undefined
  /**
   * How it came to its call: sent to what the receiver announced, or from what the sender announced (symmetric RTP).
   * `undefined`: to none; it is a stream by the shape of its packets.
   */
  readonly bound: 'announced' | 'symmetric' | undefined
  /** Within the hop of its call; of no call, by the addresses of the hops, else of the first hop's `pbx`. */
  readonly sender: Side
  readonly ssrc: number
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly firstFrame: number
  readonly lastFrame: number
  readonly firstMs: number
  readonly lastMs: number
  readonly packets: number
  /** RFC 3550 A.3, and interarrival jitter of A.8 in milliseconds (mean over packets). */
  readonly lost: number
  readonly jitterMs: number
  readonly maxJitterMs: number
  /** Packets that came behind a later one of the same numbering. */
  readonly reordered: number
  /** A bounded list, longest first, and how long they are together. */
  readonly gaps: readonly Gap[]
  readonly gapsMs: number
  readonly reported: ReceiverReports | undefined
  /** RTCP packets that its sender sent of it. */
  readonly rtcp: number
  /** By its description, SRTP: its payloads were not looked at. */
  readonly encrypted: boolean
  /** Per payload type: packets and the first frame. */
  readonly payloadTypes: ReadonlyMap<number, { readonly packets: number; readonly firstFrame: number }>
  /** Most frequent packet time, from timestamp steps and the clock rate, in milliseconds. */
  readonly ptimeMs: number | undefined
  /** Per packet time in ms: packets and the first frame. */
  readonly ptimes: ReadonlyMap<number, { readonly packets: number; readonly firstFrame: number }>
  readonly audio: Audio | undefined
  readonly stretches: readonly Stretch[]
}

/** Bytes that look like SIP and are not, and network errors. */
export type Malformed = {
  readonly frame: number
  readonly source: Endpoint
  readonly hop: number
  readonly sender: Side
  readonly fault: Fault
}
export type NetworkError = {
  readonly frame: number
  readonly timeMs: number
  /** Of the datagram that it quotes; `source` is not known where none is quoted. */
  readonly source: Endpoint | undefined
  readonly destination: Endpoint
  readonly text: string
  readonly made: string | undefined
  /** The last message, or the stream, that took the quoted way before it. */
  readonly message: Seen | undefined
  readonly call: Call | undefined
  readonly stream: Stream | undefined
}

/** The signalling path between two endpoints. Which of them is the PBX may be a guess. */
export type Hop = {
  readonly pbx: Endpoint
  readonly trunk: Endpoint
  /** Told by addresses that are known; else a guess. */
  readonly sure: boolean
  /** The side whose messages crossed, as the other side's show, and were not seen. */
  readonly unseen: Side | undefined
}

/** Calls that are legs of one: through a proxy by their Call-ID, through a back-to-back user agent by a guess. */
export type Link = { readonly calls: readonly Call[]; readonly by: 'call-id' | 'guess' }

/** A digit that was dialled within a call. */
export type Digit = {
  readonly call: Call | undefined
  readonly stream: Stream | undefined
  readonly sender: Side
  /** `0` to `9`, `*`, `#`, `A` to `D`. */
  readonly digit: string
  readonly timeMs: number
  readonly durationMs: number
  /** First and last of its packets, or its message. */
  readonly frames: readonly number[]
  readonly by: 'rfc4733' | 'info'
  readonly payloadType: number | undefined
  /** How its packets tell it (RFC 4733 §2.5.1). */
  readonly event: EventPackets | undefined
}

export type EventPackets = {
  readonly packets: number
  /** Of them, those that say that it has ended. */
  readonly ends: number
  /** The first has the marker. */
  readonly marked: boolean
  /** In dBm0, without the sign. */
  readonly volume: number
  /** When the last came. */
  readonly lastMs: number
  /** In which the duration was shorter than before. */
  readonly fellFrame: number | undefined
}

/** What became of an address of record at one registrar (RFC 3261 §10). */
export type Registration = {
  readonly hop: number
  readonly sender: Side
  readonly aor: string
  readonly contact: string | undefined
  /** Request-URI of its REGISTERs. */
  readonly registrar: string
  /** `expired`: the trace goes on for longer than it was granted, without a refresh. */
  readonly state: 'registered' | 'refused' | 'unanswered' | 'expired' | 'removed'
  readonly expiresS: number | undefined
  /** Of the last final response. */
  readonly status: number | undefined
  readonly refreshedMs: readonly number[]
  readonly frames: readonly number[]
}

export type Trace = {
  /** Of a capture of strangers: `pbx` and `trunk`, which says nothing of who is judged. */
  readonly played: Side
  readonly sut: Side
  readonly messages: readonly Seen[]
  readonly transactions: readonly Transaction[]
  readonly calls: readonly Call[]
  readonly streams: readonly Stream[]
  readonly hops: readonly Hop[]
  readonly links: readonly Link[]
  readonly digits: readonly Digit[]
  readonly registrations: readonly Registration[]
  readonly malformed: readonly Malformed[]
  readonly networkErrors: readonly NetworkError[]
  /** Of the last frame. */
  readonly endMs: number
  /** All that sent or got RTP. */
  readonly mediaAddresses: ReadonlySet<string>
  /**
   * Frames folded, by layer and kind, so that nothing is dropped silently; of TCP the messages, and each run of bytes that is
   * none.
   */
  readonly counted: {
    readonly frames: number
    readonly sip: number
    readonly rtp: number
    readonly rtcp: number
    readonly other: number
    /** TLS and DTLS records, and masked data of WebSocket: nobody's words to us. */
    readonly encrypted: number
    /** Messages in a stream whose rest the tap did not see. */
    readonly cut: number
    /** Beyond what one trace holds: neither message nor stream was kept. */
    readonly beyond: number
  }
}

/** The fold owns its state and mutates it; `finish` hands out the trace. */
export type Observer = { readonly observe: (frame: Frame) => void; readonly finish: () => Trace }

/** CIDR blocks of each side, for hops of a capture in which we took no part. */
export type RolesOption = { readonly trunkAddresses: readonly string[]; readonly pbxAddresses: readonly string[] }
/** A run of ours, or a capture of strangers, in which both sides are observed. */
export type ObserverOptions = { readonly played: Side } | { readonly roles: RolesOption }

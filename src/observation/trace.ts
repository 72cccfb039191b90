import type { Endpoint, Frame } from '../core/frame.ts'
import type { Fault } from '../core/result.ts'
import type { Side } from '../core/finding.ts'
import type { Message, Request, Response } from '../sip/message.ts'

/** One SIP message that crossed the tap. Raw bytes are kept; `message` parses on each call. */
export type Seen<M extends Message = Message> = {
  readonly frame: number
  /** Frames of byte-equal copies between the same two endpoints, the first excluded. */
  readonly copies: readonly number[]
  readonly timeMs: number
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly transport: 'udp' | 'tcp' | 'tls'
  readonly sender: Side
  readonly wire: Uint8Array
  readonly message: () => M
}

/** A client transaction as seen: requests matched by top Via branch and method, responses by branch and CSeq method. */
export type Transaction = {
  /** `call 1/INVITE 2`, `OPTIONS 1`. The number counts transactions of that method in that call, by first frame. */
  readonly name: string
  readonly call: Call | undefined
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

/** One call (Call-ID), with all its dialogs. */
export type Call = {
  /** `call 1`, by first frame. */
  readonly name: string
  readonly callId: string
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

/** One RTP stream: sender, SSRC, source and destination, within one call. */
export type Stream = {
  /** `stream pbx>trunk 1`: numbered per direction in the ladder run, by first frame. */
  readonly name: string
  readonly call: Call | undefined
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
export type Malformed = { readonly frame: number; readonly sender: Side; readonly fault: Fault }
export type NetworkError = {
  readonly frame: number
  readonly destination: Endpoint
  readonly text: string
  readonly made: string | undefined
}

export type Trace = {
  readonly played: Side
  readonly sut: Side
  readonly messages: readonly Seen[]
  readonly transactions: readonly Transaction[]
  readonly calls: readonly Call[]
  readonly streams: readonly Stream[]
  readonly malformed: readonly Malformed[]
  readonly networkErrors: readonly NetworkError[]
  /** Frames folded, by layer and kind, so that nothing is dropped silently. */
  readonly counted: {
    readonly frames: number
    readonly sip: number
    readonly rtp: number
    readonly rtcp: number
    readonly other: number
    /** Beyond what one trace holds: neither message nor stream was kept. */
    readonly beyond: number
  }
}

/** The fold owns its state and mutates it; `finish` hands out the trace. */
export type Observer = { readonly observe: (frame: Frame) => void; readonly finish: () => Trace }
export type ObserverOptions = { readonly played: Side }

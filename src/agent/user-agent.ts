import type { Draft, Endpoint, Frame } from '../core/frame.ts'
import type { Fault } from '../core/result.ts'
import type { World } from '../core/world.ts'
import type { SipSocket } from '../net/sip-socket.ts'
import type { FieldDraft, Message, Request, Response } from '../sip/message.ts'
import type { Timers } from '../transaction/machine.ts'

/** Gives a frame its number and time and keeps it; `cause` says why we sent it. The embedded parties have none. */
export type Recorder = (draft: Draft, cause?: string) => Pick<Frame, 'number' | 'timeMs'>

export type Received<M extends Message = Message> = {
  readonly message: M
  /** Frame number, 0 without a recorder. */
  readonly frame: number
  readonly timeMs: number
  readonly source: Endpoint
  readonly local: Endpoint
}

/** What a user agent tells its user. Retransmissions are absorbed (and recorded as frames). */
export type UserAgentEvent =
  | {
      readonly type: 'request'
      readonly tx: string
      readonly call: string
      readonly received: Received<Request>
      readonly inDialog: boolean
    }
  | { readonly type: 'ack'; readonly call: string; readonly received: Received<Request> }
  | {
      readonly type: 'response'
      readonly tx: string
      readonly call: string
      readonly method: string
      readonly received: Received<Response>
    }
  /** The INVITE behind `tx` was cancelled by the transaction `cancel`; 200 to CANCEL and 487 have gone out as duties. */
  | {
      readonly type: 'cancelled'
      readonly tx: string
      readonly cancel: string
      readonly call: string
      readonly received: Received<Request>
    }
  /** Timer B or F: no (final) response. */
  | { readonly type: 'timeout'; readonly tx: string; readonly call: string; readonly method: string }
  /** Timer H, or 64*T1 of 2xx retransmission without an ACK (RFC 3261 §13.3.1.4). */
  | { readonly type: 'ack-missing'; readonly tx: string; readonly call: string }
  | { readonly type: 'unreachable'; readonly tx: string; readonly call: string; readonly reason: string }
  | { readonly type: 'malformed'; readonly fault: Fault; readonly frame: number; readonly source: Endpoint }

export type SendOptions = {
  /** Why: `step 3`, `duty`, `meanwhile OPTIONS`. Goes to the journal. */
  readonly cause: string
  /** Over or beside what the user agent fills in: a field of the same name replaces it. */
  readonly fields?: readonly FieldDraft[]
  readonly lacking?: readonly string[]
  readonly body?: Uint8Array
  readonly contentType?: string
  /** Copies on the wire of the first transmission, 1 where absent. */
  readonly copies?: number
}

export type RequestOptions = SendOptions & {
  readonly method: string
  readonly requestUri: string
  /** Address in `From:` and `To:` as name-addr or addr-spec without tag; the tag is added to From. */
  readonly from: string
  readonly to: string
  readonly contact?: string
  /** Tag of From; a new one where it is left out. */
  readonly tag?: string
  readonly destination: Endpoint
  /** Which local edge sends it, from 1. */
  readonly edge?: number
}

/** What a call's user may need to know of its dialog. */
export type CallView = {
  readonly callId: string
  readonly role: 'uac' | 'uas'
  readonly phase: 'calling' | 'early' | 'confirmed' | 'ended'
  readonly localTag: string
  readonly remoteTag: string | undefined
  readonly remoteTarget: string | undefined
  readonly routeSet: readonly string[]
}

/**
 * A SIP user agent over UDP or TCP: transactions, dialogs and their duties (ACK to 2xx and 300-699, 2xx retransmission, 200 to
 * CANCEL and 487, 481 to an unknown dialog, 405 to an unknown method, 420 to an unknown Require). It decides nothing else:
 * its user answers requests and follows challenges.
 */
export type UserAgent = {
  /** Bound sockets, one per edge. */
  readonly edges: readonly Endpoint[]
  /** Starts a request outside of a dialog. `call` names Call-ID and From tag for all that follows. */
  readonly request: (options: RequestOptions) => { readonly tx: string; readonly call: string }
  /** The same request again with CSeq + 1 (RFC 3261 §22.2), same Call-ID, From tag and destination. */
  readonly again: (tx: string, options: SendOptions) => { readonly tx: string }
  /**
   * A request within the dialog of a call (§12.2.1.1). Fails where there is no dialog. `edge`, from 1: leaves by that one,
   * whichever the route says; an ACK leaves by the route's.
   */
  readonly within: (
    call: string,
    method: string,
    options: SendOptions & { readonly edge?: number },
  ) => { readonly tx: string } | undefined
  /** CANCEL of a pending INVITE client transaction (§9.1); it waits for a provisional response first. `tx`: the CANCEL's own. */
  readonly cancel: (tx: string, options: SendOptions) => { readonly tx: string }
  /** Answers a server transaction. Fills Via, To tag, Record-Route, Contact as §8.2.6 and §12.1.1 say. */
  readonly respond: (tx: string, status: number, options: SendOptions & { readonly reason?: string }) => void
  /** Whether the duty is performed for that call (default true); `ack`: to 2xx. */
  readonly duty: (call: string, name: 'ack' | 'retransmit-2xx', on: boolean) => void
  /** Bytes as they are, outside of any transaction. */
  readonly raw: (bytes: Uint8Array, destination: Endpoint, cause: string, edge?: number) => void
  readonly call: (call: string) => CallView | undefined
  /** The last message that we put on the wire in that transaction: the request of a client's, the response of a server's. */
  readonly lastSent: (tx: string) => Message | undefined
  /** INVITE server transactions of a call that have no final response yet. */
  readonly pending: (call: string) => readonly string[]
  /** Whether nothing is awaited any more: no final response to us, no ACK to a final response of ours. */
  readonly settled: () => boolean
  /** Calls not ended, for `finally`. */
  readonly openCalls: () => readonly string[]
  readonly close: () => Promise<void>
}

/** A pure bend of a message on its way to the wire: it gives none, one or more. */
export type WireBend = (message: Message) => readonly Message[]

export type UserAgentOptions = {
  readonly world: World
  /** Open sockets, one per edge; `close` closes them. */
  readonly sockets: readonly SipSocket[]
  /** `host` or `host:port` for Via and Contact instead of the socket's own; a port counts for the first edge only. */
  readonly advertise?: string
  readonly timers: Timers
  readonly record?: Recorder
  /** Seam: every message on its way to the wire, retransmissions too. */
  readonly outgoing?: WireBend
  readonly onEvent: (event: UserAgentEvent) => void
  /** User part of our Contact. */
  readonly contactUser?: string
  /** Value of User-Agent and Server. */
  readonly userAgent?: string
  /**
   * Where requests in a dialog go when the host of the next hop's URI is a name, or an address of another scope than
   * `source`, where the peer's messages come from. By default: addresses as they are, names to `source`.
   */
  readonly looseContact?: (uri: string, source: Endpoint) => Endpoint | undefined
  /** Requests that are taken for lost: nothing answers them, not even 100. */
  readonly ignores?: (received: Received<Request>) => boolean
  readonly allow: readonly string[]
}

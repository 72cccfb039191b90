import type { Endpoint, Frame } from '../core/frame.ts'
import { type Message, type Request, type Response, fieldValue } from '../sip/message.ts'
import type { Announcements } from './announcements.ts'
import { createCopies } from './copies.ts'
import { descriptionIn } from './descriptions.ts'
import type { Hops, Origin } from './hops.ts'
import { describedInRequest, describedInResponse } from './negotiations.ts'
import { createParsed } from './parsed.ts'
import { type Envelope, type Kept, envelopeOf, keepRequest, keepResponse } from './seen.ts'
import { type Index, type OpenCall, type OpenTransaction, createIndex } from './transactions.ts'

export type Signalling = Pick<Index, 'calls' | 'transactions'> & {
  readonly messages: readonly Kept[]
  /** `false` where the trace is full. `wire` is kept: it must be the caller's to give away. */
  readonly admit: (frame: Frame, sender: Origin, message: Message, wire: Uint8Array) => boolean
  /** The last message that went a way of `wayOf`. */
  readonly lastOn: (way: string) => Kept | undefined
  /** Says of all which side they are of, as far as that is known by now. */
  readonly settle: () => void
  readonly callOf: (kept: Kept) => OpenCall | undefined
}

/** More than a long run of a ladder holds; a peer that floods us ends here. Of a capture, a gigabyte of SIP and RTP. */
const maxMessages = { run: 200_000, capture: 500_000 } as const
/** Ways on which the last message is remembered, for what ICMP says of it. */
const maxWays = 50_000

/** `192.0.2.1 5060 > 192.0.2.2 5060`. */
export const wayOf = (source: Endpoint, destination: Endpoint): string =>
  `${source.address} ${source.port} > ${destination.address} ${destination.port}`

const isChallenge = (status: number): boolean => status === 401 || status === 407

/** Folds messages into transactions and calls. It demands no message: what the tap missed is simply not there. */
export const createSignalling = (announcements: Announcements, hops: Hops, kind: 'run' | 'capture'): Signalling => {
  const messages: Kept[] = []
  const copies = createCopies()
  const parsed = createParsed()
  const index = createIndex()
  const lastByWay = new Map<string, Kept>()

  /** The call, where the message carries a session description of it. */
  const described = (transaction: OpenTransaction, kept: Kept, message: Message): OpenCall | undefined => {
    const sdp = transaction.call && descriptionIn(message)
    if (transaction.call === undefined || sdp === undefined) return undefined
    transaction.call.described.push(kept)
    announcements.announce(transaction.call, kept.origin, sdp)
    return transaction.call
  }

  const request = (kept: Kept<Request>, message: Request, envelope: Envelope): void => {
    const isAck = message.method === 'ACK'
    const transaction = isAck ? index.find(kept.origin, 'INVITE', envelope) : index.open(kept, message.method, envelope)
    if (transaction === undefined) return
    if (isAck) transaction.acks.push(kept)
    if (message.method === 'BYE' && transaction.call !== undefined) transaction.call.media.ended = true
    const call = described(transaction, kept, message)
    if (call !== undefined) describedInRequest(call.negotiations, transaction, kept)
  }

  const response = (kept: Kept<Response>, message: Response, envelope: Envelope): void => {
    const transaction = index.find(kept.origin.other(), envelope.method, envelope)
    if (transaction === undefined) return
    transaction.responses.push(kept)
    const isRefused = transaction.method === 'INVITE' && message.status >= 300 && !isChallenge(message.status)
    if (isRefused && !transaction.inDialog && transaction.call !== undefined) transaction.call.media.ended = true
    const call = message.status > 100 && message.status < 300 ? described(transaction, kept, message) : undefined
    if (call !== undefined) describedInResponse(call.negotiations, transaction, kept, message.status)
  }

  const remember = (kept: Kept): void => {
    lastByWay.set(wayOf(kept.source, kept.destination), kept)
    const oldest = lastByWay.size > maxWays ? lastByWay.keys().next() : undefined
    if (oldest?.done === false) lastByWay.delete(oldest.value)
  }

  /** Keeps a message that is the first of its kind; a copy only adds its frame to the first. */
  const isFirst = (kept: Kept, message: Message, envelope: Envelope | undefined): boolean => {
    remember(kept)
    const first = envelope && copies.firstOf(kept, message.startLine, envelope)
    if (envelope === undefined || first === undefined) {
      messages.push(kept)
      return true
    }
    first.copies.push(kept.frame)
    if (message.kind === 'response')
      index.find(kept.origin.other(), envelope.method, envelope)?.responseCopies.push(kept.frame)
    return false
  }

  const admit: Signalling['admit'] = (frame, sender, message, wire) => {
    if (messages.length >= maxMessages[kind]) return false
    const envelope = envelopeOf(message)
    hops.learn(sender, message, message.kind === 'request' && envelope?.toTag !== undefined)
    if (message.kind === 'request') {
      const kept = keepRequest(frame, sender, wire, parsed)
      if (isFirst(kept, message, envelope) && envelope !== undefined) request(kept, message, envelope)
    } else {
      const kept = keepResponse(frame, sender, wire, parsed)
      if (isFirst(kept, message, envelope) && envelope !== undefined) response(kept, message, envelope)
    }
    return true
  }
  const callOf: Signalling['callOf'] = (kept) => {
    const callId = fieldValue(kept.message(), 'Call-ID')
    return callId === undefined ? undefined : index.callNamed(kept.hop, callId)
  }
  const { transactions, calls } = index
  const settle: Signalling['settle'] = () => {
    for (const kept of messages) kept.sender = kept.origin.side()
    // Copies are told only by network errors.
    for (const kept of lastByWay.values()) kept.sender = kept.origin.side()
    for (const transaction of transactions) transaction.client = transaction.request.origin.side()
    for (const call of calls) {
      call.caller = call.origin.side()
      for (const negotiation of call.negotiations) negotiation.offerer = negotiation.offer.origin.side()
    }
  }
  return { settle, messages, transactions, calls, admit, lastOn: (way) => lastByWay.get(way), callOf }
}

import { type Side, otherSide } from '../core/finding.ts'
import type { Frame } from '../core/frame.ts'
import type { Message, Request, Response } from '../sip/message.ts'
import type { Announcements } from './announcements.ts'
import { createCopies } from './copies.ts'
import { descriptionIn } from './descriptions.ts'
import { describedInRequest, describedInResponse } from './negotiations.ts'
import { type Envelope, type Kept, envelopeOf, keepRequest, keepResponse } from './seen.ts'
import { type Index, type OpenCall, type OpenTransaction, createIndex } from './transactions.ts'

export type Signalling = Pick<Index, 'calls' | 'transactions'> & {
  readonly messages: readonly Kept[]
  /** `false` where the trace is full. `wire` is kept: it must be the caller's to give away. */
  readonly admit: (frame: Frame, sender: Side, message: Message, wire: Uint8Array) => boolean
}

/** More than a long run of a ladder holds; a peer that floods us ends here. */
const maxMessages = 200_000

/** Folds messages into transactions and calls. It demands no message: what the tap missed is simply not there. */
export const createSignalling = (announcements: Announcements): Signalling => {
  const messages: Kept[] = []
  const copies = createCopies()
  const index = createIndex()

  /** The call, where the message carries a session description of it. */
  const described = (transaction: OpenTransaction, kept: Kept, message: Message): OpenCall | undefined => {
    const sdp = transaction.call && descriptionIn(message)
    if (transaction.call === undefined || sdp === undefined) return undefined
    transaction.call.described.push(kept)
    announcements.announce(transaction.call, kept, sdp)
    return transaction.call
  }

  const request = (kept: Kept<Request>, message: Request, envelope: Envelope): void => {
    const isAck = message.method === 'ACK'
    const transaction = isAck ? index.find(kept.sender, 'INVITE', envelope) : index.open(kept, message.method, envelope)
    if (transaction === undefined) return
    if (isAck) transaction.acks.push(kept)
    const call = described(transaction, kept, message)
    if (call !== undefined) describedInRequest(call.negotiations, transaction, kept)
  }

  const response = (kept: Kept<Response>, message: Response, envelope: Envelope): void => {
    const transaction = index.find(otherSide(kept.sender), envelope.method, envelope)
    if (transaction === undefined) return
    transaction.responses.push(kept)
    const call = message.status > 100 && message.status < 300 ? described(transaction, kept, message) : undefined
    if (call !== undefined) describedInResponse(call.negotiations, transaction, kept, message.status)
  }

  /** Keeps a message that is the first of its kind; a copy only adds its frame to the first. */
  const isFirst = (kept: Kept, message: Message, envelope: Envelope | undefined): boolean => {
    const first = envelope && copies.firstOf(kept, message.startLine, envelope)
    if (envelope === undefined || first === undefined) {
      messages.push(kept)
      return true
    }
    first.copies.push(kept.frame)
    if (message.kind === 'response')
      index.find(otherSide(kept.sender), envelope.method, envelope)?.responseCopies.push(kept.frame)
    return false
  }

  const admit: Signalling['admit'] = (frame, sender, message, wire) => {
    if (messages.length >= maxMessages) return false
    const envelope = envelopeOf(message)
    if (message.kind === 'request') {
      const kept = keepRequest(frame, sender, wire)
      if (isFirst(kept, message, envelope) && envelope !== undefined) request(kept, message, envelope)
    } else {
      const kept = keepResponse(frame, sender, wire)
      if (isFirst(kept, message, envelope) && envelope !== undefined) response(kept, message, envelope)
    }
    return true
  }
  return { messages, transactions: index.transactions, calls: index.calls, admit }
}

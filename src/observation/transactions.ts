import type { Request, Response } from '../sip/message.ts'
import type { Origin } from './hops.ts'
import type { OpenNegotiation } from './negotiations.ts'
import type { Envelope, Kept } from './seen.ts'
import type { Side } from '../core/finding.ts'
import type { Call, Stream, Transaction } from './trace.ts'

export type OpenTransaction = Omit<Transaction, 'client' | 'request'> & {
  client: Side
  readonly request: Kept<Request>
  readonly call: OpenCall | undefined
  readonly responses: Kept<Response>[]
  readonly responseCopies: number[]
  readonly acks: Kept<Request>[]
}

/** A call while the fold still adds to it. */
export type OpenCall = Omit<Call, 'caller' | 'transactions' | 'streams' | 'negotiations' | 'described'> & {
  caller: Side
  readonly origin: Origin
  readonly transactions: OpenTransaction[]
  readonly streams: Stream[]
  readonly negotiations: OpenNegotiation[]
  readonly described: Kept[]
  /** Whether its media is over: it was hung up or refused. */
  readonly media: { ended: boolean }
}

/** Transactions and calls by what names them; it runs no transaction machine. */
export type Index = {
  readonly transactions: OpenTransaction[]
  readonly calls: OpenCall[]
  /**
   * By branch (RFC 3261 §17.1.3); by CSeq alone where a peer spoilt the Via, and by the branch alone where it spoilt Call-ID or
   * CSeq, which checks then report.
   */
  readonly find: (client: Origin, method: string, envelope: Envelope) => OpenTransaction | undefined
  readonly callNamed: (hop: number, callId: string) => OpenCall | undefined
  /** Opens the transaction of a request, or gives `undefined` for a further copy, whatever its bytes (§17.2.3). */
  readonly open: (request: Kept<Request>, method: string, envelope: Envelope) => OpenTransaction | undefined
}

/** Names of transactions outlive their messages: a method of any length must not. */
const shortened = (method: string): string => (method.length > 32 ? `${method.slice(0, 32)}...` : method)

/** `join` makes one string: a template would keep all of its pieces, and the message that they are slices of. */
const keyOf = (client: Origin, method: string, { callId, seq }: Envelope): string =>
  [client.key, method, seq, callId].join(' ')

const branchKeyOf = (client: Origin, method: string, { callId, seq, branch }: Envelope): string =>
  [client.key, method, seq, callId, branch].join(' ')

const bareBranchKeyOf = (client: Origin, method: string, branch: string): string =>
  [client.key, method, branch].join(' ')

const openCall = (calls: OpenCall[], callId: string, caller: Origin): OpenCall => {
  const lists = { transactions: [], streams: [], negotiations: [], described: [], media: { ended: false } }
  const call: OpenCall = {
    name: `call ${calls.length + 1}`,
    callId: Buffer.from(callId).toString(), // a slice would keep its whole message
    hop: caller.hop,
    caller: caller.side(),
    origin: caller,
    ...lists,
  }
  calls.push(call)
  return call
}

export const createIndex = (): Index => {
  const transactions: OpenTransaction[] = []
  const calls: OpenCall[] = []
  const callsById = new Map<string, OpenCall>()
  const byBranch = new Map<string, OpenTransaction>()
  const byBranchAlone = new Map<string, OpenTransaction>()
  const byCSeq = new Map<string, OpenTransaction>()
  const counts = new Map<string, number>()

  const callOf = (callId: string, method: string, sender: Origin): OpenCall | undefined => {
    const key = [sender.hop, callId].join(' ')
    const known = callsById.get(key)
    if (known !== undefined || method !== 'INVITE') return known
    const call = openCall(calls, callId, sender)
    callsById.set(key, call)
    return call
  }

  const open: Index['open'] = (request, method, envelope) => {
    const key = keyOf(request.origin, method, envelope)
    const branchKey = branchKeyOf(request.origin, method, envelope)
    if (byBranch.has(branchKey)) return undefined
    const call = callOf(envelope.callId, method, request.origin)
    const title = call === undefined ? shortened(method) : `${call.name}/${shortened(method)}`
    const count = (counts.get(title) ?? 0) + 1
    counts.set(title, count)
    const transaction: OpenTransaction = {
      name: `${title} ${count}`,
      call,
      hop: request.hop,
      method,
      client: request.origin.side(),
      request,
      requestCopies: request.copies,
      responses: [],
      responseCopies: [],
      acks: [],
      inDialog: envelope.toTag !== undefined,
    }
    transactions.push(transaction)
    call?.transactions.push(transaction)
    byBranch.set(branchKey, transaction)
    byCSeq.set(key, transaction)
    if (envelope.branch !== '') byBranchAlone.set(bareBranchKeyOf(request.origin, method, envelope.branch), transaction)
    return transaction
  }

  const find: Index['find'] = (client, method, envelope) => {
    const exact = byBranch.get(branchKeyOf(client, method, envelope))
    return (
      exact ??
      byCSeq.get(keyOf(client, method, envelope)) ??
      byBranchAlone.get(bareBranchKeyOf(client, method, envelope.branch))
    )
  }
  const callNamed: Index['callNamed'] = (hop, callId) => callsById.get([hop, callId].join(' '))
  return { transactions, calls, find, open, callNamed }
}

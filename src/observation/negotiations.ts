import type { Request, Response } from '../sip/message.ts'
import type { Kept } from './seen.ts'
import type { Negotiation, Transaction } from './trace.ts'

/** A negotiation while the fold still adds to it. */
export type OpenNegotiation = { -readonly [K in keyof Negotiation]: Negotiation[K] } & { offer: Kept }

const begin = (transaction: Transaction, offer: Kept): OpenNegotiation => ({
  transaction,
  offer,
  early: undefined,
  answer: undefined,
  offerer: offer.origin.side(),
})

/** An offer, or the answer to one that stood in a response: in the ACK or a PRACK (RFC 3261 §13.2.1, RFC 3262 §5). */
export const describedInRequest = (
  negotiations: OpenNegotiation[],
  transaction: Transaction,
  request: Kept<Request>,
): void => {
  const open = negotiations.at(-1)
  const answers = open !== undefined && open.answer === undefined && open.offer !== open.transaction.request
  if (answers && open.offer.origin.key !== request.origin.key) open.answer = request
  else negotiations.push(begin(transaction, request))
}

/** The answer to the offer of its request, else an offer. */
export const describedInResponse = (
  negotiations: OpenNegotiation[],
  transaction: Transaction,
  response: Kept<Response>,
  status: number,
): void => {
  const open = negotiations.findLast((negotiation) => negotiation.transaction === transaction)
  if (open === undefined) negotiations.push(begin(transaction, response))
  else if (open.offer !== transaction.request) {
    // A 2xx repeats what an unreliable provisional response only showed (RFC 6337 §2.2).
    if (open.answer === undefined && status >= 200) open.offer = response
  } else if (status < 200) open.early ??= response
  else if (open.answer === undefined) open.answer = response
  // Another fork answers the same offer (RFC 3261 §13.2.2.4).
  else negotiations.push(Object.assign(begin(transaction, open.offer), { answer: response }))
}

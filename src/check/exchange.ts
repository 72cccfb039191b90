import { type Side, otherSide } from '../core/finding.ts'
import { showEndpoint } from '../core/frame.ts'
import type { Request, Response } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import type { Seen, Trace, Transaction } from '../observation/trace.ts'

/** Who answers the requests of a transaction. */
export const serverOf = (transaction: Transaction): Side => otherSide(transaction.client)

/** A response with its status, parsed once. */
export type Answer = { readonly seen: Seen<Response>; readonly response: Response }

export const answersTo = (transaction: Transaction): readonly Answer[] =>
  transaction.responses.map((seen) => ({ seen, response: seen.message() }))

/** The first final response, which ends the transaction for its client. */
export const finalOf = (transaction: Transaction): Answer | undefined =>
  answersTo(transaction).find(({ response }) => response.status >= 200)

/** `403 Forbidden`. */
export const showStatus = ({ status, reason }: Response): string => displayText(`${status} ${reason}`.trim())

/** INVITEs that ask for a new call, retries with credentials among them. */
export const initialInvites = (trace: Trace): readonly Transaction[] =>
  trace.transactions.filter(({ method, inDialog }) => method === 'INVITE' && !inDialog)

/** Frames of a message and of its copies. */
export const allFrames = ({ frame, copies }: Seen): readonly number[] => [frame, ...copies]

/** An ACK to a 2xx is a request of its own (RFC 3261 §13.2.2.4); the others belong to their INVITE. */
export const ackTo2xx = (transaction: Transaction): readonly Seen<Request>[] => {
  const final = finalOf(transaction)
  return final !== undefined && final.response.status < 300 ? transaction.acks : []
}

/**
 * Long enough for three copies of a request over UDP, and for anyone to answer 100 (RFC 3261 §17.1.1.2, §17.2.1); less than the
 * six seconds that our own side waits for the answer to an OPTIONS.
 */
export const silentMs = 5500

/** A tap that saw no message at all for so long was not there: captures were merged, or a machine slept. */
const absentMs = 3_600_000

const sawSilence = ({ frame, timeMs }: Seen, { endMs, messages }: Trace): boolean => {
  if (endMs - timeMs < silentMs) return false
  const next = messages.find((other) => other.frame > frame)
  return (next?.timeMs ?? endMs) - timeMs < absentMs
}

/**
 * Two retransmissions without an answer: three times T1 and more have passed (RFC 3261 §17.1.1.2, §13.3.1.4). A stream
 * retransmits by itself, so there the silence alone tells.
 */
export const isGivenUp = (seen: Seen, trace: Trace): boolean =>
  seen.copies.length >= 2 || (seen.transport !== 'udp' && sawSilence(seen, trace))

/** A 2xx without an ACK is sent again on streams, too (RFC 3261 §13.3.1.4): silence alone shows that the tap missed the ACK. */
export const isUnacknowledged = ({ seen, response }: Answer, trace: Trace): boolean =>
  response.status < 300 ? seen.copies.length >= 2 : isGivenUp(seen, trace)

/** `nothing came in 6.3 s (5 copies)`. */
export const showSilence = (seen: Seen, trace: Trace): string => {
  const copies = seen.copies.length
  const sent = copies === 0 ? '' : `, sent ${copies + 1} times`
  return `nothing came from ${showEndpoint(seen.destination)} in ${Math.round((trace.endMs - seen.timeMs) / 100) / 10} s${sent}`
}

/** An INVITE is answered within 200 ms, by 100 at least (RFC 3261 §17.2.1). */
const patienceMs = 500

/** Whether a side spoke well after a request that it left unanswered: then its silence is no fault of the way. */
export const isHeardLater = ({ timeMs }: Seen, side: Side, trace: Trace): boolean =>
  trace.messages.some((message) => message.sender === side && message.timeMs - timeMs > patienceMs)

/** Both sides hung up at once: then either may have no dialog any more (RFC 3261 §15.1.2). */
export const isGlare = ({ call, client }: Transaction): boolean =>
  (call?.transactions ?? []).some((other) => other.method === 'BYE' && other.client !== client)

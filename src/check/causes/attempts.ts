import type { NetworkError, Seen, Trace, Transaction } from '../../observation/trace.ts'
import { otherSide } from '../../core/finding.ts'
import { sameEndpoint } from '../../core/frame.ts'
import { type Authorization, parseAuthorization } from '../../sip/fields/authorization.ts'
import { type Challenge, challengesOf } from '../../sip/fields/challenge.ts'
import { type Response, fieldsNamed } from '../../sip/message.ts'
import { type Answer, answersTo, finalOf, isGivenUp, silentMs } from '../exchange.ts'

/** How an attempt that failed did so. */
export type Failure =
  | { readonly kind: 'refused'; readonly transaction: Transaction; readonly answer: Answer }
  | { readonly kind: 'unanswered'; readonly transaction: Transaction }

/** 64 x T1: after that long without a further response, a request is dead. */
const deadMs = 32_000

/** Errors of the network about datagrams to where a message went. */
export const errorsFor = ({ networkErrors }: Trace, seen: Seen): readonly NetworkError[] =>
  networkErrors.filter(({ frame, destination }) => frame > seen.frame && sameEndpoint(destination, seen.destination))

/** The callee was asked: what then comes is its will, not a fault. */
export const hasRung = (transaction: Transaction): boolean =>
  answersTo(transaction).some(({ response }) => response.status > 100 && response.status < 200)

const isUnanswered = (transaction: Transaction, trace: Trace): boolean => {
  const { request, client, hop } = transaction
  // The tap saw one direction alone, and what it saw shows that the other one spoke.
  if (trace.hops[hop]?.unseen === otherSide(client)) return false
  const last = transaction.responses.at(-1)
  const silence = trace.endMs - (last ?? request).timeMs
  if (last !== undefined) return silence >= deadMs && !hasRung(transaction)
  return isGivenUp(request, trace) || silence >= silentMs || errorsFor(trace, request).length > 0
}

/** A response to another port than the request came from: a NAT lets nothing through there. */
export const astrayOf = ({ request, responses }: Transaction): Seen | undefined =>
  request.transport === 'udp' && request.copies.length >= 2
    ? responses.find(({ destination }) => destination.port !== request.source.port)
    : undefined

/** Busy, cancelled, redirected, and whatever a callee that was asked says: calls that did what they should. */
const isFine = (transaction: Transaction, { status }: Response): boolean => {
  if (status < 400 || status === 486 || status === 487 || status === 600) return true
  return [408, 480, 603].includes(status) && hasRung(transaction)
}

/** How the last of the attempts failed; `undefined` where one was accepted, or where nothing is wrong yet. */
export const failureOf = (attempts: readonly Transaction[], trace: Trace): Failure | undefined => {
  const transaction = attempts.at(-1)
  if (transaction === undefined) return undefined
  if (attempts.some((one) => (finalOf(one)?.response.status ?? 999) < 300)) return undefined
  const answer = finalOf(transaction)
  if (answer === undefined) return isUnanswered(transaction, trace) ? { kind: 'unanswered', transaction } : undefined
  if (isFine(transaction, answer.response)) return undefined
  // A challenge that nothing follows is no failure where the capture ends with it.
  if (isChallenge(answer.response) && trace.endMs - answer.seen.timeMs < 1000 && !isRepeated(attempts)) return undefined
  return { kind: 'refused', transaction, answer }
}

export const isChallenge = ({ status }: Response): boolean => status === 401 || status === 407

/** Credentials were given and did not help. */
const isRepeated = (attempts: readonly Transaction[]): boolean =>
  attempts.some((one) => credentialsIn(one) !== undefined)

/** The first digest credentials of a request. */
export const credentialsIn = ({ request }: Transaction): Authorization | undefined => {
  const message = request.message()
  for (const { value } of [...fieldsNamed(message, 'Authorization'), ...fieldsNamed(message, 'Proxy-Authorization')]) {
    const read = parseAuthorization(value)
    if (read.ok) return read.value
  }
  return undefined
}

export type Challenged = { readonly answer: Answer; readonly challenges: readonly Challenge[] }

/** The challenge that a request met. */
export const challengeTo = (transaction: Transaction): Challenged | undefined => {
  const answer = finalOf(transaction)
  if (answer === undefined || !isChallenge(answer.response)) return undefined
  return { answer, challenges: challengesOf(answer.response).map(({ challenge }) => challenge) }
}

/** Frames of an attempt: the request and what decided it. */
export const framesOf = ({ request, requestCopies }: Transaction, answer?: Answer): readonly number[] => [
  request.frame,
  ...requestCopies,
  ...(answer === undefined ? [] : [answer.seen.frame]),
]

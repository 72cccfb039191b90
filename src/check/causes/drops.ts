import { fieldValue } from '../../sip/message.ts'
import { connectionOf, directionOf } from '../../sdp/description.ts'
import { audioOf } from '../../observation/descriptions.ts'
import type { Call, Seen, Trace, Transaction } from '../../observation/trace.ts'
import { type Answer, finalOf, isGivenUp, isUnacknowledged, serverOf, showStatus } from '../exchange.ts'
import { type Scene, type Shown, seconds } from './scene.ts'
import { isChallenge } from './attempts.ts'
import { talkOf } from './media.ts'

/** A BYE this soon after something went wrong follows from it. */
const soonMs = 5000

const inDialog = (call: Call): readonly Transaction[] =>
  call.transactions.filter((one) => one.inDialog && (one.method === 'INVITE' || one.method === 'UPDATE'))

/** The 2xx that was sent again and again, for no ACK came. */
export const unacknowledged = (
  call: Call,
  trace: Trace,
): { readonly transaction: Transaction; readonly answer: Answer } | undefined => {
  for (const transaction of call.transactions.filter(({ method }) => method === 'INVITE')) {
    const answer = finalOf(transaction)
    const isAccepted = answer !== undefined && answer.response.status < 300
    if (isAccepted && transaction.acks.length === 0 && isUnacknowledged(answer, trace)) return { transaction, answer }
  }
  return undefined
}

/** A BYE that was sent again and again. */
export const unansweredBye = (call: Call, trace: Trace): Transaction | undefined =>
  call.transactions.find((one) => one.method === 'BYE' && finalOf(one) === undefined && isGivenUp(one.request, trace))

/** A request in the dialog that was sent again and again. */
export const unansweredInDialog = (call: Call, trace: Trace): Transaction | undefined =>
  call.transactions.find(
    ({ request, responses, inDialog: within }) => within && responses.length === 0 && isGivenUp(request, trace),
  )

const isAccepted = (transaction: Transaction): boolean => (finalOf(transaction)?.response.status ?? 999) < 300

export type RefusedHold = { readonly transaction: Transaction; readonly answer: Answer; readonly isDropped: boolean }

const asksForHold = (seen: Seen): boolean => {
  const sdp = seen.description()
  const audio = sdp && audioOf(sdp)
  if (sdp === undefined || audio === undefined || audio.port === 0) return false
  const isOld = connectionOf(sdp, audio)?.address === '0.0.0.0'
  return isOld || ['sendonly', 'inactive'].includes(directionOf(sdp, audio))
}

/** 491 and 500 with Retry-After are tried again (RFC 3261 §14.1, §14.2); 481 and 408 mean that the dialog is gone (§12.2.1.2). */
const isRefusal = ({ response }: Answer): boolean =>
  response.status >= 400 &&
  ![408, 481, 491].includes(response.status) &&
  !isChallenge(response) &&
  !(response.status === 500 && fieldValue(response, 'Retry-After') !== undefined)

/** A hold that was refused and never taken after. */
export const refusedHold = (call: Call, trace: Trace): RefusedHold | undefined => {
  const holds = inDialog(call).filter(({ request }) => asksForHold(request))
  if (holds.some(isAccepted)) return undefined
  for (const transaction of holds) {
    const answer = finalOf(transaction)
    if (answer === undefined || !isRefusal(answer)) continue
    const hangUp = talkOf(call, trace)?.hangUp
    const isDropped = hangUp !== undefined && hangUp.timeMs - answer.seen.timeMs < soonMs
    return { transaction, answer, isDropped }
  }
  return undefined
}

/** Session-Expires of a 2xx: how long the session lasts without a refresh, and who owes it (RFC 4028 §4). */
type Session = { readonly seen: Seen; readonly ms: number; readonly refresher: 'pbx' | 'trunk' }

const sessionIn = (transaction: Transaction): Session | undefined => {
  const answer = finalOf(transaction)
  if (answer === undefined) return undefined
  const [interval = '', ...params] = (fieldValue(answer.response, 'Session-Expires') ?? '').split(';')
  if (!/^[0-9]{1,9}$/.test(interval.trim())) return undefined
  const isClient = params.some((text) => text.trim().toLowerCase() === 'refresher=uac')
  const refresher = isClient ? transaction.client : serverOf(transaction)
  return { seen: answer.seen, ms: Number(interval) * 1000, refresher }
}

export type Expired = { readonly session: Session; readonly hangUp: Seen; readonly refresh: Transaction | undefined }

/** A call that was ended when its session ran out, or right after its refresh failed (RFC 4028 §10). */
const expiredSession = (call: Call, trace: Trace): Expired | undefined => {
  const hangUp = talkOf(call, trace)?.hangUp
  // The last 2xx rules: without Session-Expires, no timer runs any more (RFC 4028 §7.2).
  const last = call.transactions.findLast(
    (one) => (one.method === 'INVITE' || one.method === 'UPDATE') && isAccepted(one),
  )
  const session = last && sessionIn(last)
  if (hangUp === undefined || session === undefined) return undefined
  const refresh = inDialog(call).findLast(
    (one) => one.request.frame > session.seen.frame && (finalOf(one)?.response.status ?? 999) >= 300,
  )
  const failedMs = refresh && (finalOf(refresh)?.seen.timeMs ?? refresh.request.timeMs + 32_000)
  if (refresh !== undefined && failedMs !== undefined && !asksForHold(refresh.request)) {
    const isEnd = hangUp.timeMs >= failedMs && hangUp.timeMs - failedMs < soonMs
    if (isEnd && finalOf(refresh)?.response.status !== 491) return { session, hangUp, refresh }
  }
  // §10: BYE at a third of the interval, or 32 s, before it ends; some wait until it has ended.
  const lastedMs = hangUp.timeMs - session.seen.timeMs
  const earliestMs = session.ms - Math.min(32_000, session.ms / 3)
  return lastedMs >= earliestMs - 1000 && lastedMs < session.ms + soonMs
    ? { session, hangUp, refresh: undefined }
    : undefined
}

export const isDropped = (call: Call, trace: Trace): boolean =>
  unacknowledged(call, trace) !== undefined ||
  unansweredBye(call, trace) !== undefined ||
  expiredSession(call, trace) !== undefined ||
  refusedHold(call, trace)?.isDropped === true

export const ackLost = ({ call, trace }: Scene): Shown | undefined => {
  const lost = call && unacknowledged(call, trace)
  if (lost === undefined) return undefined
  const { answer, transaction } = lost
  const copies = answer.seen.copies.length
  return {
    atFault: transaction.client,
    frames: [answer.seen.frame, ...answer.seen.copies],
    why: `${showStatus(answer.response)} was sent ${copies + 1} times, and no ACK came`,
  }
}

export const byeUnanswered = ({ call, trace }: Scene): Shown | undefined => {
  const bye = call && unansweredBye(call, trace)
  if (bye === undefined) return undefined
  return {
    atFault: serverOf(bye),
    frames: [bye.request.frame, ...bye.requestCopies],
    why: `BYE was sent ${bye.requestCopies.length + 1} times, and no answer came`,
  }
}

export const sessionExpired = ({ call, trace }: Scene): Shown | undefined => {
  const expired = call && expiredSession(call, trace)
  if (expired === undefined) return undefined
  const { session, hangUp, refresh } = expired
  const agreed = `Session-Expires: ${session.ms / 1000}, refreshed by the ${session.refresher}`
  const answer = refresh && finalOf(refresh)
  if (refresh !== undefined) {
    const came = answer === undefined ? 'was not answered' : `met ${showStatus(answer.response)}`
    return {
      atFault: serverOf(refresh),
      frames: [session.seen.frame, refresh.request.frame, ...(answer ? [answer.seen.frame] : []), hangUp.frame],
      why: `${agreed}: the refresh ${came}, then BYE`,
    }
  }
  return {
    atFault: session.refresher,
    frames: [session.seen.frame, hangUp.frame],
    why: `${agreed}: no refresh came, and BYE after ${seconds(hangUp.timeMs - session.seen.timeMs)}`,
  }
}

export const holdRefused = ({ call, trace }: Scene): Shown | undefined => {
  const hold = call && refusedHold(call, trace)
  if (hold === undefined) return undefined
  const { transaction, answer } = hold
  return {
    atFault: serverOf(transaction),
    frames: [transaction.request.frame, answer.seen.frame],
    why: `the ${transaction.method} that puts the call on hold met ${showStatus(answer.response)}`,
  }
}

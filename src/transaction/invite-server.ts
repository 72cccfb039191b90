import type { Request } from '../sip/message.ts'
import { type Step, type TimerName, type Timers, arm, deliver, disarm, send, sendAgain, terminated } from './machine.ts'

/** RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1. */
export type InviteServer = {
  readonly kind: 'invite-server'
  readonly phase: 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated'
  readonly timers: Timers
  /** The transport retransmits by itself: timer G is not set, and I is 0. */
  readonly reliable: boolean
  /** The 100 to send if the transaction user stays silent. */
  readonly trying: Uint8Array
  /** What was last sent; a retransmitted INVITE gets it again. */
  readonly response: Uint8Array | undefined
  /** What timer G was last set to. */
  readonly intervalMs: number
}

export type ServerEvent =
  /** A request that matches the transaction: a retransmission, or the ACK. */
  | { readonly type: 'request'; readonly request: Request }
  | { readonly type: 'respond'; readonly status: number; readonly bytes: Uint8Array }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'transport-error' }

/** §17.2.1 says 200 ms; a smaller T1 would bring the first retransmission before that. */
const tryingAfterMs = ({ t1Ms }: Timers): number => Math.min(200, 0.4 * t1Ms)

export const startInviteServer = (
  request: Request,
  trying: Uint8Array,
  timers: Timers,
  reliable: boolean,
): Step<InviteServer> => [
  {
    kind: 'invite-server',
    phase: 'proceeding',
    timers,
    reliable,
    trying,
    response: undefined,
    intervalMs: timers.t1Ms,
  },
  [arm('100', tryingAfterMs(timers)), deliver(request)],
]

export const stepInviteServer = (tx: InviteServer, event: ServerEvent): Step<InviteServer> => {
  // RFC 6026 §8.8: a failed send is told, and changes no state.
  if (event.type === 'transport-error')
    return [tx, tx.phase === 'confirmed' || tx.phase === 'terminated' ? [] : [{ type: 'unreachable' }]]
  switch (tx.phase) {
    case 'proceeding':
      return proceeding(tx, event)
    case 'completed':
      return completed(tx, event)
    case 'confirmed':
      return event.type === 'timer' && event.timer === 'I' ? over(tx) : [tx, []]
    case 'accepted':
      return accepted(tx, event)
    case 'terminated':
      return [tx, []]
  }
}

type Inner = Exclude<ServerEvent, { type: 'transport-error' }>

const over = (tx: InviteServer): Step<InviteServer> => [{ ...tx, phase: 'terminated' }, [terminated]]

const proceeding = (tx: InviteServer, event: Inner): Step<InviteServer> => {
  if (event.type === 'respond') return responded(tx, event.status, event.bytes)
  if (event.type === 'timer')
    return event.timer === '100' && tx.response === undefined
      ? [{ ...tx, response: tx.trying }, [send('trying', tx.trying)]]
      : [tx, []]
  const again = event.request.method === 'INVITE' && tx.response !== undefined
  return [tx, again ? [sendAgain('response', tx.response)] : []]
}

const responded = (tx: InviteServer, status: number, response: Uint8Array): Step<InviteServer> => {
  const { t1Ms } = tx.timers
  const sent = [...disarm('100'), send('response', response)]
  if (status < 200) return [{ ...tx, response }, sent]
  if (status < 300) return [{ ...tx, phase: 'accepted', response }, [...sent, arm('L', 64 * t1Ms)]]
  return [
    { ...tx, phase: 'completed', response },
    [...sent, ...(tx.reliable ? [] : [arm('G', t1Ms)]), arm('H', 64 * t1Ms)],
  ]
}

const completed = (tx: InviteServer, event: Inner): Step<InviteServer> => {
  const again = tx.response === undefined ? [] : [sendAgain('response', tx.response)]
  if (event.type === 'request') {
    if (event.request.method !== 'ACK') return [tx, again]
    return [{ ...tx, phase: 'confirmed' }, [...disarm('G', 'H'), arm('I', tx.reliable ? 0 : tx.timers.t4Ms)]]
  }
  if (event.type === 'respond') return [tx, []]
  if (event.timer === 'G') {
    const intervalMs = Math.min(2 * tx.intervalMs, tx.timers.t2Ms)
    return [{ ...tx, intervalMs }, [...again, arm('G', intervalMs)]]
  }
  if (event.timer === 'H')
    return [{ ...tx, phase: 'terminated' }, [...disarm('G'), { type: 'ack-missing' }, terminated]]
  return [tx, []]
}

/** Retransmissions of the INVITE are absorbed: the transaction user retransmits the 2xx (RFC 6026 §8.7). */
const accepted = (tx: InviteServer, event: Inner): Step<InviteServer> => {
  if (event.type === 'timer') return event.timer === 'L' ? over(tx) : [tx, []]
  if (event.type === 'request') return [tx, event.request.method === 'ACK' ? [deliver(event.request)] : []]
  const success = event.status >= 200 && event.status < 300
  return [tx, success ? [sendAgain('response', event.bytes)] : []]
}

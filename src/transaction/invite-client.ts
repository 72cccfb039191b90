import type { Response } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import { acknowledge } from './acknowledge.ts'
import { type Step, type TimerName, type Timers, arm, deliver, disarm, send, sendAgain, terminated } from './machine.ts'

/** RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2. Bytes, not messages, are what lives for 32 seconds. */
export type InviteClient = {
  readonly kind: 'invite-client'
  readonly phase: 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated'
  readonly request: Uint8Array
  readonly timers: Timers
  /** The transport retransmits by itself: timer A is not set, and D is 0. */
  readonly reliable: boolean
  /** What timer A was last set to. */
  readonly intervalMs: number
  /** The ACK to a response of 300 to 699. */
  readonly ack: Uint8Array | undefined
}

export type ClientEvent =
  | { readonly type: 'response'; readonly response: Response }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'transport-error' }

/** RFC 6026 §8.4: an absolute minimum, for the client does not know the server's T1. */
const timerDMs = ({ reliable, timers: { t1Ms } }: InviteClient): number => (reliable ? 0 : Math.max(32_000, 64 * t1Ms))

export const startInviteClient = (request: Uint8Array, timers: Timers, reliable: boolean): Step<InviteClient> => [
  { kind: 'invite-client', phase: 'calling', request, timers, reliable, intervalMs: timers.t1Ms, ack: undefined },
  [send('request', request), ...(reliable ? [] : [arm('A', timers.t1Ms)]), arm('B', 64 * timers.t1Ms)],
]

export const stepInviteClient = (tx: InviteClient, event: ClientEvent): Step<InviteClient> => {
  switch (tx.phase) {
    case 'calling':
    case 'proceeding':
      return event.type === 'response' ? answered(tx, event.response) : unanswered(tx, event)
    case 'completed':
      return completed(tx, event)
    case 'accepted':
      return accepted(tx, event)
    case 'terminated':
      return [tx, []]
  }
}

const waiting = disarm('A', 'B')

const answered = (tx: InviteClient, response: Response): Step<InviteClient> => {
  if (response.status < 200) return [{ ...tx, phase: 'proceeding' }, [...waiting, deliver(response)]]
  // The transaction user acknowledges a 2xx (RFC 3261 §13.2.2.4), one for each branch of a fork.
  if (response.status < 300)
    return [{ ...tx, phase: 'accepted' }, [...waiting, arm('M', 64 * tx.timers.t1Ms), deliver(response)]]
  const ack = ackTo(tx, response)
  const acked = ack === undefined ? [] : [send('ack', ack)]
  return [{ ...tx, phase: 'completed', ack }, [...waiting, ...acked, arm('D', timerDMs(tx)), deliver(response)]]
}

const ackTo = ({ request }: InviteClient, response: Response): Uint8Array | undefined => {
  const invite = parseMessage(request)
  return invite.ok && invite.value.kind === 'request' ? acknowledge(invite.value, response).wire : undefined
}

const unanswered = (tx: InviteClient, event: Exclude<ClientEvent, { type: 'response' }>): Step<InviteClient> => {
  if (event.type === 'transport-error')
    return [{ ...tx, phase: 'terminated' }, [...waiting, { type: 'unreachable' }, terminated]]
  if (tx.phase !== 'calling') return [tx, []]
  if (event.timer === 'A') {
    const intervalMs = tx.intervalMs * 2
    return [{ ...tx, intervalMs }, [sendAgain('request', tx.request), arm('A', intervalMs)]]
  }
  if (event.timer === 'B') return [{ ...tx, phase: 'terminated' }, [...disarm('A'), { type: 'timeout' }, terminated]]
  return [tx, []]
}

const completed = (tx: InviteClient, event: ClientEvent): Step<InviteClient> => {
  if (event.type === 'transport-error')
    return [{ ...tx, phase: 'terminated' }, [...disarm('D'), { type: 'unreachable' }, terminated]]
  if (event.type === 'timer') return event.timer === 'D' ? [{ ...tx, phase: 'terminated' }, [terminated]] : [tx, []]
  return [tx, event.response.status >= 300 && tx.ack !== undefined ? [sendAgain('ack', tx.ack)] : []]
}

const accepted = (tx: InviteClient, event: ClientEvent): Step<InviteClient> => {
  if (event.type === 'timer') return event.timer === 'M' ? [{ ...tx, phase: 'terminated' }, [terminated]] : [tx, []]
  const another = event.type === 'response' && event.response.status >= 200 && event.response.status < 300
  return [tx, another ? [deliver(event.response)] : []]
}

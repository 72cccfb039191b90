import type { Response } from '../sip/message.ts'
import type { ClientEvent } from './invite-client.ts'
import { type Step, type Timers, arm, deliver, disarm, send, sendAgain, terminated } from './machine.ts'

/** RFC 3261 §17.1.2. */
export type NonInviteClient = {
  readonly kind: 'non-invite-client'
  readonly phase: 'trying' | 'proceeding' | 'completed' | 'terminated'
  readonly request: Uint8Array
  readonly timers: Timers
  /** The transport retransmits by itself: timer E is not set, and K is 0. */
  readonly reliable: boolean
  /** What timer E was last set to. */
  readonly intervalMs: number
}

export const startNonInviteClient = (request: Uint8Array, timers: Timers, reliable: boolean): Step<NonInviteClient> => [
  { kind: 'non-invite-client', phase: 'trying', request, timers, reliable, intervalMs: timers.t1Ms },
  [send('request', request), ...(reliable ? [] : [arm('E', timers.t1Ms)]), arm('F', 64 * timers.t1Ms)],
]

export const stepNonInviteClient = (tx: NonInviteClient, event: ClientEvent): Step<NonInviteClient> => {
  if (tx.phase === 'terminated') return [tx, []]
  if (tx.phase === 'completed') {
    const over = event.type === 'timer' && event.timer === 'K'
    return over ? [{ ...tx, phase: 'terminated' }, [terminated]] : [tx, []]
  }
  if (event.type === 'response') return answered(tx, event.response)
  if (event.type === 'transport-error')
    return [{ ...tx, phase: 'terminated' }, [...disarm('E', 'F'), { type: 'unreachable' }, terminated]]
  if (event.timer === 'E') return retransmitted(tx)
  if (event.timer === 'F') return [{ ...tx, phase: 'terminated' }, [...disarm('E'), { type: 'timeout' }, terminated]]
  return [tx, []]
}

/** Doubles up to T2 in Trying, T2 from then on in Proceeding (§17.1.2.2). */
const retransmitted = (tx: NonInviteClient): Step<NonInviteClient> => {
  const { t2Ms } = tx.timers
  const intervalMs = tx.phase === 'proceeding' ? t2Ms : Math.min(2 * tx.intervalMs, t2Ms)
  return [{ ...tx, intervalMs }, [sendAgain('request', tx.request), arm('E', intervalMs)]]
}

const answered = (tx: NonInviteClient, response: Response): Step<NonInviteClient> =>
  response.status < 200
    ? [{ ...tx, phase: 'proceeding' }, [deliver(response)]]
    : [
        { ...tx, phase: 'completed' },
        [...disarm('E', 'F'), arm('K', tx.reliable ? 0 : tx.timers.t4Ms), deliver(response)],
      ]

import type { Request } from '../sip/message.ts'
import type { ServerEvent } from './invite-server.ts'
import { type Step, type Timers, arm, deliver, send, sendAgain, terminated } from './machine.ts'

/** RFC 3261 §17.2.2. */
export type NonInviteServer = {
  readonly kind: 'non-invite-server'
  readonly phase: 'trying' | 'proceeding' | 'completed' | 'terminated'
  readonly timers: Timers
  /** The transport retransmits by itself: timer J is 0. */
  readonly reliable: boolean
  readonly response: Uint8Array | undefined
}

export const startNonInviteServer = (request: Request, timers: Timers, reliable: boolean): Step<NonInviteServer> => [
  { kind: 'non-invite-server', phase: 'trying', timers, reliable, response: undefined },
  [deliver(request)],
]

export const stepNonInviteServer = (tx: NonInviteServer, event: ServerEvent): Step<NonInviteServer> => {
  if (tx.phase === 'terminated') return [tx, []]
  switch (event.type) {
    case 'request':
      // In Trying there is nothing to say yet: the retransmission is discarded.
      return [tx, tx.response === undefined ? [] : [sendAgain('response', tx.response)]]
    case 'respond':
      // §17.2.2: any other final response that the user passes in Completed is discarded.
      return tx.phase === 'completed' ? [tx, []] : responded(tx, event.status, event.bytes)
    case 'timer':
      return event.timer === 'J' ? [{ ...tx, phase: 'terminated' }, [terminated]] : [tx, []]
    case 'transport-error':
      return [tx, tx.phase === 'trying' ? [] : [{ type: 'unreachable' }]]
  }
}

const responded = (tx: NonInviteServer, status: number, response: Uint8Array): Step<NonInviteServer> =>
  status < 200
    ? [{ ...tx, phase: 'proceeding', response }, [send('response', response)]]
    : [
        { ...tx, phase: 'completed', response },
        [send('response', response), arm('J', tx.reliable ? 0 : 64 * tx.timers.t1Ms)],
      ]

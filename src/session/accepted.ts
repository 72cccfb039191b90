import type { Timers } from '../transaction/machine.ts'

/** The 2xx of a user agent server until its ACK comes (RFC 3261 §13.3.1.4). */
export type Accepted = {
  readonly phase: 'waiting' | 'acknowledged' | 'abandoned'
  readonly response: Uint8Array
  readonly timers: Timers
  readonly intervalMs: number
}

export type AcceptedEvent =
  | { readonly type: 'ack' }
  | { readonly type: 'timer'; readonly timer: 'retransmit' | 'give-up' }
  /** Whether the duty of retransmission is performed. */
  | { readonly type: 'dutiful'; readonly on: boolean }

export type AcceptedEffect =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'arm'; readonly timer: 'retransmit' | 'give-up'; readonly afterMs: number }
  | { readonly type: 'disarm'; readonly timer: 'retransmit' | 'give-up' }
  | { readonly type: 'ack-missing' }

type Step = readonly [Accepted, readonly AcceptedEffect[]]

const disarm = (timer: 'retransmit' | 'give-up'): AcceptedEffect => ({ type: 'disarm', timer })

export const startAccepted = (response: Uint8Array, timers: Timers, dutiful: boolean): Step => [
  { phase: 'waiting', response, timers, intervalMs: timers.t1Ms },
  [
    ...(dutiful ? [{ type: 'arm', timer: 'retransmit', afterMs: timers.t1Ms } as const] : []),
    { type: 'arm', timer: 'give-up', afterMs: 64 * timers.t1Ms },
  ],
]

/** Doubles up to T2, for 64*T1. */
export const stepAccepted = (state: Accepted, event: AcceptedEvent): Step => {
  if (state.phase !== 'waiting') return [state, []]
  switch (event.type) {
    case 'ack':
      return [{ ...state, phase: 'acknowledged' }, [disarm('retransmit'), disarm('give-up')]]
    case 'dutiful':
      return [
        state,
        event.on ? [{ type: 'arm', timer: 'retransmit', afterMs: state.intervalMs }] : [disarm('retransmit')],
      ]
    case 'timer': {
      if (event.timer === 'give-up')
        return [{ ...state, phase: 'abandoned' }, [disarm('retransmit'), { type: 'ack-missing' }]]
      const intervalMs = Math.min(2 * state.intervalMs, state.timers.t2Ms)
      const again: readonly AcceptedEffect[] = [
        { type: 'send', bytes: state.response },
        { type: 'arm', timer: 'retransmit', afterMs: intervalMs },
      ]
      return [{ ...state, intervalMs }, again]
    }
  }
}

import type { Clock, Disarm } from '../core/world.ts'
import { type AcceptedEffect, type AcceptedEvent, startAccepted, stepAccepted } from '../session/accepted.ts'
import type { Timers } from '../transaction/machine.ts'

/** A 2xx that waits for its ACK. */
export type Accepting = {
  /** Whether this ACK is the first. */
  readonly acknowledged: () => boolean
  readonly waiting: () => boolean
  readonly dutiful: (on: boolean) => void
  readonly stop: () => void
}

type AcceptPort = { readonly send: (bytes: Uint8Array) => void; readonly ackMissing: () => void }

/** Performs the effects of `session/accepted.ts`. */
export const accept = (
  response: Uint8Array,
  { timers, dutiful, clock }: { readonly timers: Timers; readonly dutiful: boolean; readonly clock: Clock },
  port: AcceptPort,
): Accepting => {
  let [state, effects] = startAccepted(response, timers, dutiful)
  const armed = new Map<string, Disarm>()

  const perform = (effect: AcceptedEffect): void => {
    switch (effect.type) {
      case 'send':
        port.send(effect.bytes)
        return
      case 'arm':
        armed.get(effect.timer)?.()
        armed.set(
          effect.timer,
          clock.after(effect.afterMs, () => move({ type: 'timer', timer: effect.timer })),
        )
        return
      case 'disarm':
        armed.get(effect.timer)?.()
        return
      case 'ack-missing':
        port.ackMissing()
    }
  }

  const move = (event: AcceptedEvent): void => {
    ;[state, effects] = stepAccepted(state, event)
    effects.forEach(perform)
  }

  effects.forEach(perform)
  return {
    acknowledged: () => {
      const waiting = state.phase === 'waiting'
      move({ type: 'ack' })
      return waiting
    },
    waiting: () => state.phase === 'waiting',
    dutiful: (on) => move({ type: 'dutiful', on }),
    stop: () => {
      for (const disarm of armed.values()) disarm()
    },
  }
}

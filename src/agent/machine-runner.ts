import type { Clock, Disarm } from '../core/world.ts'
import type { Message } from '../sip/message.ts'
import type { Effect, Sent, Step, TimerName } from '../transaction/machine.ts'

/** What the effects of a transaction reach. */
export type Port = {
  readonly send: (what: Sent, bytes: Uint8Array, copy: boolean) => void
  readonly deliver: (message: Message) => void
  readonly timeout: () => void
  readonly ackMissing: () => void
  readonly unreachable: () => void
  readonly terminated: () => void
}

/** A transaction in motion: its state, and the timers that its machine armed. */
export type Running<State, Event> = {
  readonly state: () => State
  readonly begin: () => void
  readonly dispatch: (event: Event) => void
  /** Disarms all timers; the transaction says nothing more. */
  readonly stop: () => void
}

type TimerEvent = { readonly type: 'timer'; readonly timer: TimerName }

/** Performs a machine's effects. Nothing happens before `begin`, so that the holder can be found by what it delivers. */
export const runMachine = <State, Event>(
  [start, effects]: Step<State>,
  step: (state: State, event: Event | TimerEvent) => Step<State>,
  port: Port,
  clock: Clock,
): Running<State, Event> => {
  let state = start
  const armed = new Map<TimerName, Disarm>()

  const disarm = (timer: TimerName): void => {
    armed.get(timer)?.()
    armed.delete(timer)
  }

  const move = (event: Event | TimerEvent): void => {
    const [next, moved] = step(state, event)
    state = next
    for (const effect of moved) perform(effect)
  }

  const arm = (timer: TimerName, afterMs: number): void => {
    disarm(timer)
    const stop = clock.after(afterMs, () => {
      armed.delete(timer)
      move({ type: 'timer', timer })
    })
    armed.set(timer, stop)
  }

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'send':
        port.send(effect.what, effect.bytes, effect.copy)
        return
      case 'deliver':
        port.deliver(effect.message)
        return
      case 'arm':
        arm(effect.timer, effect.afterMs)
        return
      case 'disarm':
        disarm(effect.timer)
        return
      case 'timeout':
        port.timeout()
        return
      case 'ack-missing':
        port.ackMissing()
        return
      case 'unreachable':
        port.unreachable()
        return
      case 'terminated':
        port.terminated()
    }
  }

  return {
    state: () => state,
    begin: () => {
      for (const effect of effects) perform(effect)
    },
    dispatch: move,
    stop: () => {
      for (const stop of armed.values()) stop()
      armed.clear()
    },
  }
}

import type { Clock } from '../../src/core/world.ts'

export type HandClock = {
  readonly clock: Clock
  /** Moves time and fires what falls due, in order of time and then of arming; timers armed meanwhile included. */
  readonly advance: (ms: number) => void
  /** Moves time as a busy process does: what fell due fires afterwards, late. */
  readonly stall: (ms: number) => void
  /** How many timers are armed. */
  readonly armed: () => number
}

type Timer = { readonly atMs: number; readonly fire: () => void }

/** A clock that stands at 0 ms and moves by hand. */
export const createHandClock = (): HandClock => {
  let nowMs = 0
  const timers = new Set<Timer>()
  const nextBy = (limitMs: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers)
      if (timer.atMs <= limitMs && (next === undefined || timer.atMs < next.atMs)) next = timer
    return next
  }
  const fireUntil = (untilMs: number): void => {
    for (let timer = nextBy(untilMs); timer !== undefined; timer = nextBy(untilMs)) {
      nowMs = Math.max(nowMs, timer.atMs)
      timers.delete(timer)
      timer.fire()
    }
  }
  return {
    clock: {
      nowMs: () => nowMs,
      after: (delayMs, fire) => {
        const timer = { atMs: nowMs + Math.max(0, delayMs), fire }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
    },
    advance: (ms) => {
      const untilMs = nowMs + ms
      fireUntil(untilMs)
      nowMs = untilMs
    },
    stall: (ms) => {
      nowMs += ms
      fireUntil(nowMs)
    },
    armed: () => timers.size,
  }
}

import type { Clock, Disarm } from '../core/world.ts'

export type Ticker = {
  /** Calls `fn` with 0 as soon as the event loop is free, with 1 a period later, and so on, until disarmed. */
  readonly every: (periodMs: number, fn: (n: number) => void) => Disarm
}

/** Ticks that one task may make up in one go after a stall; what is missed beyond that moves its deadlines back. */
export const catchUpTicks = 5

type Task = { readonly periodMs: number; readonly fn: (n: number) => void; n: number; dueMs: number; live: boolean }

/**
 * Paces all streams with one timer. Deadlines are absolute, so lateness never adds up; after a stall no task sends a burst
 * longer than `catchUpTicks`. Nothing is armed while no one is registered.
 */
export const createTicker = (clock: Clock): Ticker => {
  const tasks = new Set<Task>()
  let disarm: Disarm | undefined
  let armedMs = Infinity

  const arm = (): void => {
    let nextMs = Infinity
    for (const task of tasks) if (task.dueMs < nextMs) nextMs = task.dueMs
    if (disarm !== undefined && armedMs === nextMs) return
    disarm?.()
    armedMs = nextMs
    disarm = nextMs === Infinity ? undefined : clock.after(nextMs - clock.nowMs(), wake)
  }

  const run = (task: Task, nowMs: number): void => {
    const behind = Math.floor((nowMs - task.dueMs) / task.periodMs)
    if (behind >= catchUpTicks) task.dueMs += (behind - catchUpTicks + 1) * task.periodMs
    while (task.live && task.dueMs <= nowMs) {
      task.dueMs += task.periodMs
      task.fn(task.n++)
    }
  }

  const wake = (): void => {
    disarm = undefined
    const nowMs = clock.nowMs()
    try {
      for (const task of tasks) run(task, nowMs)
    } finally {
      arm()
    }
  }

  return {
    every: (periodMs, fn) => {
      if (!(periodMs > 0)) throw new RangeError(`period of ${periodMs} ms`)
      const task: Task = { periodMs, fn, n: 0, dueMs: clock.nowMs(), live: true }
      tasks.add(task)
      arm()
      return () => {
        task.live = false
        if (tasks.delete(task)) arm()
      }
    },
  }
}

import type { Clock } from '../core/world.ts'

/**
 * Monotonic time from now on, in whole microseconds. `after` never fires early by more than the event loop's own 1 ms, and
 * where the process was held up, not before what has arrived meanwhile is read: nothing is late that was there in time.
 */
export const systemClock = (): Clock => {
  const startMs = performance.now()
  return {
    nowMs: () => Math.round((performance.now() - startMs) * 1000) / 1000,
    after: (delayMs, fire) => {
      let reading: NodeJS.Immediate | undefined
      const due = (): void => {
        reading = setImmediate(fire) // sockets are read between timers and immediates
      }
      const timer = setTimeout(due, Math.max(0, Math.ceil(delayMs)))
      return () => {
        clearTimeout(timer)
        clearImmediate(reading)
      }
    },
  }
}

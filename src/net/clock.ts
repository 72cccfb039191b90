import type { Clock } from '../core/world.ts'

/** Monotonic time from now on, in whole microseconds. `after` never fires early by more than the event loop's own 1 ms. */
export const systemClock = (): Clock => {
  const startMs = performance.now()
  return {
    nowMs: () => Math.round((performance.now() - startMs) * 1000) / 1000,
    after: (delayMs, fire) => {
      const timer = setTimeout(fire, Math.max(0, Math.ceil(delayMs)))
      return () => clearTimeout(timer)
    },
  }
}

import type { Verb } from '../verb.ts'

/** Nothing is sent for a while; what the SUT does meanwhile is for the ladder and the checks to judge. */
export const pause: Verb = async ({ step, clock, wait }) => {
  const fromMs = clock.nowMs()
  await wait(step.forMs)
  return { verb: 'pause', fromMs, toMs: clock.nowMs() }
}

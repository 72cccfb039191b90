import { agreement } from '../call.ts'
import type { Verb } from '../verb.ts'

/** Whoever the arrow leaves from presses digits; checks judge what came. The facts are the interval and the digits. */
export const dtmf: Verb = async ({ step, call, clock, us, wait, press, cause }) => {
  const [sender, receiver] = step.between
  const digits = typeof step.with.digits === 'string' ? step.with.digits : ''
  const agreed = agreement(call)
  const fromMs = clock.nowMs()
  if (sender !== us) {
    await press(digits)
    await wait(step.forMs)
  } else if (agreed?.dtmf !== undefined && call.media !== undefined) {
    const { dtmf: events, remote, ptimeMs } = agreed
    const pressed = call.media.press({ digits, remote, payloadType: events.payloadType, ptimeMs, cause })
    // Ours takes what it takes; only an interruption ends it sooner.
    await Promise.race([pressed, wait(2 * step.forMs)])
  }
  call.media?.stop()
  return {
    verb: 'dtmf',
    digits,
    fromMs,
    toMs: clock.nowMs(),
    direction: `${sender}>${receiver}`,
    negotiated: agreed?.dtmf !== undefined,
  }
}

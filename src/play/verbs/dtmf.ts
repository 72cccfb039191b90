import type { Media } from '../../agent/media.ts'
import { type PlayedCall, agreement } from '../call.ts'
import type { Verb, VerbContext } from '../verb.ts'

const endBit = 0x80
/** RFC 4733 §2.5.1.4: the end of each event is told three times. */
const lastReports = 3
/** What is still to come of a digit comes sooner. */
const quietMs = 500
const pollMs = 100

/** Until that many digits have come whole, or what comes of them has come; never longer than `forMs` from when they are due. */
const heard = async (
  media: Media,
  count: number,
  dueMs: () => number,
  { step, clock, wait }: VerbContext,
): Promise<void> => {
  let ends = 0
  /** Those that have ended, by their timestamps: more than are wanted tell nothing more. */
  const ended = new Set<number>()
  let lastMs = clock.nowMs()
  const disarm = media.listen(({ payload, timestamp }) => {
    if (payload.length !== 4) return
    lastMs = clock.nowMs()
    if (((payload[1] ?? 0) & endBit) === 0) return
    ends += 1
    if (ended.size < count) ended.add(timestamp)
  })
  const isQuiet = (now: number): boolean => now - Math.max(lastMs, dueMs()) >= quietMs
  const isOver = (now: number): boolean =>
    now >= dueMs() + step.forMs || ends >= lastReports * count || (ended.size >= count && isQuiet(now))
  while (!isOver(clock.nowMs())) if (!(await wait(pollMs))) break
  disarm()
}

/** Where digits come out that we press: at another end of ours. */
const endOf = (other: PlayedCall | undefined): Media | undefined =>
  other !== undefined && agreement(other)?.dtmf !== undefined ? other.media : undefined

/** Whoever the arrow leaves from presses digits; checks judge what came. The facts are the interval and the digits. */
export const dtmf: Verb = async (context) => {
  const { step, call, other, clock, us, wait, press, cause } = context
  const { digits = '' } = step
  const [sender, receiver] = step.between
  const agreed = agreement(call)
  const fromMs = clock.nowMs()
  if (call.media !== undefined && sender !== us) {
    const all = heard(call.media, digits.length, () => fromMs, context)
    await press(digits)
    await all
  } else if (call.media !== undefined && agreed?.dtmf !== undefined) {
    const { dtmf: events, remote, ptimeMs } = agreed
    let pressedMs = Infinity
    const end = endOf(other)
    const all = end && heard(end, digits.length, () => pressedMs, context)
    const pressed = call.media.press({ digits, remote, payloadType: events.payloadType, ptimeMs, cause })
    const ended = pressed.then(() => true)
    // Ours take what they take. No timer outlives them, or it would keep the whole run from its end.
    for (const untilMs = clock.nowMs() + 2 * step.forMs; clock.nowMs() < untilMs;)
      if (await Promise.race([ended, wait(pollMs).then((on) => !on)])) break
    pressedMs = clock.nowMs()
    await all
  }
  call.media?.stop()
  return {
    verb: 'dtmf',
    digits,
    fromMs,
    toMs: clock.nowMs(),
    direction: `${sender}>${receiver}`,
    negotiated: agreed?.dtmf !== undefined,
    ...(step.reaches === undefined ? {} : { reaches: step.reaches }),
  }
}

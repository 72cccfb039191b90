import { agreement } from '../call.ts'
import type { Verb } from '../verb.ts'

/**
 * Pitches that no dial, busy or ringing tone uses and that survive G.711 and most codecs: each call of a ladder has its own,
 * so that it shows when one is heard on another.
 */
const pitches = [1000, 700, 1300, 1600] as const

/** Time for the last packets to come back from an echo. */
const tailMs = 100

/**
 * We send a tone if the arrow leaves from us, and listen; checks judge what came. The facts are the interval and the tone.
 */
export const audio: Verb = async ({ step, call, placeOf, clock, us, wait, cause }) => {
  const toneOf = (name: string): number => pitches[placeOf(name) % pitches.length] ?? pitches[0]
  const toneHz = toneOf(step.call)
  const agreed = agreement(call)
  // What the SUT does not want to hear is not sent (RFC 3264 §6.1, §8.4).
  const maySend = agreed === undefined || agreed.direction === 'sendrecv' || agreed.direction === 'sendonly'
  const sends = maySend && (step.direction === 'both' || step.between[0] === us)
  const fromMs = clock.nowMs()
  if (sends && agreed !== undefined && call.media !== undefined) {
    const { codec, ptimeMs, remote } = agreed
    if (codec.encoding === 'PCMU' || codec.encoding === 'PCMA')
      call.media.play({
        remote,
        payloadType: codec.payloadType,
        codec: codec.encoding,
        ptimeMs,
        source: { kind: 'tone', hz: toneHz },
        cause,
      })
  }
  await wait(step.forMs)
  call.media?.stop()
  await wait(tailMs)
  const direction = step.direction === 'both' ? 'both' : `${step.between[0]}>${step.between[1]}`
  return {
    verb: 'audio',
    toneHz: sends ? toneHz : 0,
    fromMs,
    toMs: clock.nowMs(),
    direction,
    negotiated: agreed !== undefined,
    ...(step.hears === undefined ? {} : { hearsHz: toneOf(step.hears) }),
  }
}

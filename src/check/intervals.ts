import type { Side } from '../core/finding.ts'
import type { StepOutcome } from '../core/outcome.ts'
import { type SessionDescription, connectionOf, directionOf } from '../sdp/description.ts'
import { audioOf } from '../observation/descriptions.ts'
import type { Call, Negotiation, Stretch, Stream } from '../observation/trace.ts'
import type { Evidence } from './check.ts'
import { factsOf } from '../observation/call-facts.ts'
import { answerOf } from './codecs.ts'
import { callNamed } from './outcomes.ts'

/** An `audio` step of a ladder that was played: what a side owed meanwhile. */
export type Interval = {
  /** `call 1/audio 1`. */
  readonly subject: string
  readonly call: Call
  readonly fromMs: number
  readonly toMs: number
  /** The tone that we sent. */
  readonly toneHz: number | undefined
  /** The tone that we sent into another call, where the SUT connects the two. */
  readonly hearsHz: number | undefined
  /** Whether that side is to be heard in it, by the ladder. */
  readonly speaks: (side: Side) => boolean
}

const numberOf = (facts: StepOutcome['facts'], name: string): number | undefined => {
  const value = facts?.[name]
  return typeof value === 'number' ? value : undefined
}

/** In a capture of strangers: from the answer of a call to its end, both sides are to be heard, if they agreed on it. */
const talksOf = ({ trace }: Evidence): readonly Interval[] =>
  trace.calls.flatMap((call) => {
    const { answeredMs, endedMs } = factsOf(call)
    const toMs = endedMs ?? trace.messages.at(-1)?.timeMs
    if (answeredMs === undefined || toMs === undefined) return []
    return [
      {
        subject: `${call.name}/audio 1`,
        call,
        fromMs: answeredMs,
        toMs,
        toneHz: undefined,
        hearsHz: undefined,
        speaks: () => true,
      },
    ]
  })

export const intervalsOf = (evidence: Evidence): readonly Interval[] => {
  const { trace, outcomes } = evidence
  if (evidence.observed === true) return talksOf(evidence)
  const counts = new Map<string, number>()
  return outcomes
    .filter(({ facts, status }) => status === 'met' && facts?.verb === 'audio')
    .flatMap(({ facts, call: name }) => {
      const call = callNamed(trace, outcomes, name)
      const [fromMs, toMs] = [numberOf(facts, 'fromMs'), numberOf(facts, 'toMs')]
      if (call === undefined || fromMs === undefined || toMs === undefined) return []
      const count = (counts.get(call.name) ?? 0) + 1
      counts.set(call.name, count)
      const toneHz = numberOf(facts, 'toneHz')
      const direction = facts?.direction
      return [
        {
          subject: `${call.name}/audio ${count}`,
          call,
          fromMs,
          toMs,
          toneHz: toneHz === 0 ? undefined : toneHz,
          hearsHz: numberOf(facts, 'hearsHz'),
          speaks: (side: Side) => direction === 'both' || String(direction).startsWith(`${side}>`),
        },
      ]
    })
}

/** The negotiation that holds at that time: the last that was answered, be it for early media only. */
export const agreedAt = ({ negotiations }: Call, timeMs: number): Negotiation | undefined =>
  negotiations.findLast(({ early, answer }) => ((early ?? answer)?.timeMs ?? Infinity) <= timeMs)

const takes = (sdp: SessionDescription | undefined, directions: readonly string[]): boolean => {
  const audio = sdp && audioOf(sdp)
  return sdp !== undefined && audio !== undefined && audio.port !== 0 && directions.includes(directionOf(sdp, audio))
}

/** Whether a negotiation lets that side send (RFC 3264 §5.1, §6.1). */
export const maySend = (negotiation: Negotiation, side: Side): boolean => {
  const descriptions = [negotiation.offer, answerOf(negotiation)]
  const [own, peer] = [true, false].map((isOwn) => {
    const seen = descriptions.find((one) => one !== undefined && (one.sender === side) === isOwn)
    return seen?.description()
  })
  const audio = peer && audioOf(peer)
  const isHeld = peer && audio && connectionOf(peer, audio)?.address === '0.0.0.0'
  return takes(own, ['sendrecv', 'sendonly']) && takes(peer, ['sendrecv', 'recvonly']) && isHeld !== true
}

/** What one side sent within an interval. */
export type Heard = { readonly stream: Stream; readonly stretch: Stretch; readonly share: number }

const shareOf = ({ fromMs, toMs }: Stretch, interval: Interval): number => {
  const overlap = Math.min(toMs, interval.toMs) - Math.max(fromMs, interval.fromMs)
  return toMs === fromMs ? 1 : overlap / (toMs - fromMs)
}

/** Stretches of that side that reach into the interval, and which part of each. */
export const heardIn = (interval: Interval, side: Side): readonly Heard[] =>
  interval.call.streams
    .filter(({ sender }) => sender === side)
    .flatMap((stream) =>
      stream.stretches
        .filter(({ fromMs, toMs }) => fromMs <= interval.toMs && toMs >= interval.fromMs)
        .map((stretch) => ({ stream, stretch, share: shareOf(stretch, interval) })),
    )

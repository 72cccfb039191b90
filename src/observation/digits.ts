import { fieldValue } from '../sip/message.ts'
import { mediaTypeOf } from '../sip/fields/tokens.ts'
import { digitNames } from '../rtp/telephone-event.ts'
import { digitOf } from './events.ts'
import type { Finished } from './finished.ts'
import type { Call, Digit, Seen } from './trace.ts'
import type { Request } from '../sip/message.ts'

const ofStream = ({ open, stream }: Finished): readonly Digit[] =>
  (open.events?.all ?? []).flatMap((event) => {
    const digit = digitOf(event)
    if (digit === undefined || stream.encrypted) return []
    const { payloadType, fromMs, duration, clockRate, firstFrame, lastFrame } = event
    const { packets, ends, marked, volume, lastMs, fellFrame } = event
    return [
      {
        call: stream.call,
        stream,
        sender: stream.sender,
        digit,
        timeMs: fromMs,
        durationMs: (duration * 1000) / clockRate,
        frames: [...new Set([firstFrame, lastFrame])],
        by: 'rfc4733' as const,
        payloadType,
        event: { packets, ends, marked, volume, lastMs, fellFrame },
      },
    ]
  })

/** `Signal=5` of dtmf-relay; codes 10 and 11 stand for star and hash too. */
const named = (text: string): string | undefined => {
  const name = text.trim().toUpperCase()
  if (name === '10') return '*'
  if (name === '11') return '#'
  return name.length === 1 && digitNames.includes(name) ? name : undefined
}

/** `name=value` lines of a body, names in lower case. */
const linesOf = (body: string): ReadonlyMap<string, string> =>
  new Map(
    body.split('\n', 32).flatMap((line) => {
      const equals = line.indexOf('=')
      return equals < 0 ? [] : [[line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim()] as const]
    }),
  )

const maxBody = 1024

const ofInfo = (call: Call, seen: Seen<Request>): readonly Digit[] => {
  const message = seen.message()
  const type = (mediaTypeOf(message) ?? fieldValue(message, 'Content-Type') ?? '').toLowerCase()
  const body = Buffer.from(message.body.subarray(0, maxBody)).toString('latin1')
  const lines = type === 'application/dtmf-relay' ? linesOf(body) : new Map<string, string>()
  const digit = type === 'application/dtmf' ? named(body) : named(lines.get('signal') ?? '')
  if (digit === undefined) return []
  const duration = Number(lines.get('duration') ?? 0)
  return [
    {
      call,
      stream: undefined,
      sender: seen.sender,
      digit,
      timeMs: seen.timeMs,
      durationMs: Number.isFinite(duration) ? duration : 0,
      frames: [seen.frame],
      by: 'info',
      payloadType: undefined,
      event: undefined,
    },
  ]
}

/** Digits dialled within calls, in order of time: as telephone-events (RFC 4733), and in INFO requests. */
export const digitsOf = (calls: readonly Call[], streams: readonly Finished[]): readonly Digit[] =>
  [
    ...streams.flatMap(ofStream),
    ...calls.flatMap((call) =>
      call.transactions.flatMap(({ method, request }) => (method === 'INFO' ? ofInfo(call, request) : [])),
    ),
  ].sort((a, b) => a.timeMs - b.timeMs)

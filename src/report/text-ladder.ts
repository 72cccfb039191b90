import { type Side, otherSide } from '../core/finding.ts'
import type { Seen, Stream, Trace } from '../observation/trace.ts'
import type { Message } from '../sip/message.ts'
import { fieldValue } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import type { LadderRow } from './result.ts'

const longestLabel = 80
const cut = (text: string): string => (text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text)

/** `BYE` of `231 BYE`: what a response answers. */
const answeredMethod = (message: Message): string => (fieldValue(message, 'CSeq') ?? '').split(/[ \t]+/).at(-1) ?? ''

const labelOf = (message: Message, isReInvite: boolean): string => {
  const sdp = message.body.length > 0 && /sdp/i.test(fieldValue(message, 'Content-Type') ?? '') ? ' (SDP)' : ''
  if (message.kind === 'request') return cut(displayText(`${isReInvite ? 're-' : ''}${message.method}`) + sdp)
  const method = answeredMethod(message)
  const to = method === 'INVITE' || method === '' ? '' : ` to ${displayText(method)}`
  return cut(`${message.status} ${displayText(message.reason)}`) + to + sdp
}

const messageRow = (seen: Seen, reInvites: ReadonlySet<number>): LadderRow => ({
  frame: seen.frame,
  timeMs: seen.timeMs,
  from: seen.sender,
  to: otherSide(seen.sender),
  label: labelOf(seen.message(), reInvites.has(seen.frame)),
  copies: seen.copies.length,
  others: seen.copies,
})

const soundOf = ({ audio }: Stream): string => {
  if (audio === undefined) return 'RTP'
  if (audio.toneHz !== undefined) return `audio ${audio.toneHz} Hz`
  return audio.audibleMs > 0 ? 'audio' : 'silence'
}

const streamRow = (stream: Stream): LadderRow => ({
  frame: null,
  timeMs: stream.firstMs,
  from: stream.sender,
  to: otherSide(stream.sender),
  label: `${soundOf(stream)}, ${stream.packets} packets${stream.lost > 0 ? `, ${stream.lost} lost` : ''}`,
  copies: 0,
  others: [stream.firstFrame, stream.lastFrame],
})

/** What the trace keeps no message of. */
const factRow = (frame: number, from: Side, label: string): LadderRow => ({
  frame,
  timeMs: null,
  from,
  to: otherSide(from),
  label: cut(label),
  copies: 0,
  others: [],
})

/** What a ladder diagram is made of: a trace, or what one call has of it. */
export type Drawn = Pick<Trace, 'messages' | 'transactions' | 'streams' | 'malformed' | 'networkErrors' | 'sut'>

/** The rows of a ladder diagram: signalling and audio in the order of time, copies on their first. */
export const ladderRows = (trace: Drawn): readonly LadderRow[] => {
  const reInvites = new Set(
    trace.transactions
      .filter(({ method, inDialog }) => method === 'INVITE' && inDialog)
      .map(({ request }) => request.frame),
  )
  const rows = [
    ...trace.messages.map((seen) => messageRow(seen, reInvites)),
    ...trace.streams.map(streamRow),
    ...trace.malformed.map(({ frame, sender, fault }) => factRow(frame, sender, `not SIP: ${fault.rule}`)),
    ...trace.networkErrors.map(({ frame, text }) => factRow(frame, trace.sut, text)),
  ]
  const first = (row: LadderRow): number => row.frame ?? row.others[0] ?? 0
  return rows.sort((a, b) => first(a) - first(b))
}

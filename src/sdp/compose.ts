import type { Format } from './codecs.ts'
import type { Direction, MediaDescription, SessionDescription } from './description.ts'
import { wireLimits } from './lines.ts'
import { parseSdp } from './parse.ts'

export type SessionPart = {
  /** IP literal, also where media is received. */
  readonly address: string
  readonly sessionId: number
  readonly sessionVersion: number
  /** Value of `t=`; an answer repeats that of its offer (RFC 3264 §6). */
  readonly time?: string
}

/** Lines of a session as one end of a unicast call writes them (RFC 3264 §5). */
export const sessionLines = ({ address, sessionId, sessionVersion, time = '0 0' }: SessionPart): readonly string[] => {
  const where = `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`
  return ['v=0', `o=- ${sessionId} ${sessionVersion} ${where}`, 's=-', `c=${where}`, `t=${time}`]
}

export type AudioPart = {
  readonly port: number
  readonly formats: readonly Format[]
  readonly ptimeMs: number
  readonly direction: Direction
}

const formatLines = ({ payloadType, encoding, clockRate, channels, fmtp }: Format): readonly string[] => [
  `a=rtpmap:${payloadType} ${encoding}/${clockRate}${channels === undefined ? '' : `/${channels}`}`,
  ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
]

/** One audio stream; static payload types get their rtpmap too, as RFC 3264 §5.1 asks. */
export const audioLines = ({ port, formats, ptimeMs, direction }: AudioPart): readonly string[] => [
  `m=audio ${port} RTP/AVP ${formats.map(({ payloadType }) => payloadType).join(' ')}`,
  ...formats.flatMap(formatLines),
  `a=ptime:${ptimeMs}`,
  `a=${direction}`,
]

/** A stream refused or ended: port 0, and formats because the grammar wants some (RFC 3264 §6). */
export const refusedLines = ({ kind, protocol, formats }: MediaDescription): readonly string[] => [
  `m=${kind} 0 ${protocol} ${formats.join(' ')}`,
]

/** An answer repeats parts of an offer that was itself within the limits, and adds a few lines of ours. */
const limits = { bytes: wireLimits.bytes * 2, lines: wireLimits.lines * 2 }

/** The description of these lines, read back so that what we send has passed our own grammar. */
export const compose = (lines: readonly string[]): SessionDescription => {
  const bytes = new Uint8Array(Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'))
  const parsed = parseSdp(bytes, limits)
  if (!parsed.ok) throw new RangeError(`wrote an SDP that breaks ${parsed.fault.rule}: ${parsed.fault.saw}`)
  const [deviation] = parsed.value.deviations
  if (deviation !== undefined) throw new RangeError(`wrote an SDP that breaks ${deviation.rule}: ${deviation.saw}`)
  return parsed.value
}

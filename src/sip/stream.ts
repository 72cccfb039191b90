import { isDigits, isToken, trimmed } from './chars.ts'
import { limits } from './limits.ts'

/**
 * What the bytes of one direction of a stream transport hold (RFC 3261 §18.3). `frames` are those that carried it.
 * A message whose Content-Length is missing or cannot be true ends with its head: `parseMessage` names the fault.
 */
export type StreamEvent =
  | { readonly type: 'message'; readonly wire: Uint8Array; readonly frames: readonly number[] }
  /** Empty lines between messages: a ping is two of them, its answer one (RFC 5626 §4.4.1). */
  | { readonly type: 'keep-alive'; readonly bytes: number; readonly frames: readonly number[] }
  /** Bytes of no message; `cut` where the rest of one is missing. */
  | {
      readonly type: 'skipped'
      readonly reason: 'not sip' | 'tls' | 'websocket' | 'cut'
      readonly bytes: number
      readonly frames: readonly number[]
    }

type Reason = Extract<StreamEvent, { readonly type: 'skipped' }>['reason']

export type StreamFramer = {
  /** Bytes that wait for more. */
  readonly waiting: () => number
  /** The next bytes of the stream, which came in `frame`; they may be used again after the call. */
  readonly push: (bytes: Uint8Array, frame: number) => readonly StreamEvent[]
  /** The stream ends here, or the bytes that follow are missing. */
  readonly cut: () => readonly StreamEvent[]
}

/** A start-line by its SIP version (RFC 3261 §7.1, §7.2): first in a response, behind a method and last in a request. */
const isStartLine = (line: string): boolean => {
  const version = /^sip\/[0-9]{1,3}\.[0-9]{1,3}/i
  if (version.test(line)) return true
  const method = line.indexOf(' ')
  return method > 0 && isToken(line.slice(0, method)) && version.test(line.slice(line.lastIndexOf(' ') + 1))
}

/** 0 where it is missing or no number; what several of them disagree about is for the parser of the message. */
const contentLengthOf = (head: string): number => {
  // A field goes on in the next line where that begins with white space (§7.3.1).
  for (const line of head.replace(/\r\n[ \t]/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = trimmed(line.slice(0, Math.max(colon, 0))).toLowerCase()
    if (name !== 'content-length' && name !== 'l') continue
    const value = trimmed(line.slice(colon + 1))
    return isDigits(value) ? Number(value) : 0
  }
  return 0
}

/** Without either, a line is no start-line and no upgrade. */
const mayBegin = /sip\/|http\//i
/** How far lines are looked through at a time. */
const glanceBytes = 2048

const lineFeed = 10
const carriageReturn = 13

/** A TLS record (RFC 8446 §5.1): one of four content types, then 3.0 to 3.4. */
const isTls = ([type = 0, major = 0, minor = 0]: Uint8Array): boolean =>
  type >= 20 && type <= 23 && major === 3 && minor <= 4

/** The answer that makes a connection one of WebSocket (RFC 6455 §4.2.2, RFC 7118 §4). */
const isUpgrade = (line: string): boolean => /^http\/1\.1 101( |$)/i.test(line)

/**
 * A WebSocket frame of text or binary data as long as these bytes (RFC 6455 §5.2): what a connection begins with whose
 * handshake was not seen.
 */
const isWebSocket = (bytes: Uint8Array): boolean => {
  const [first = 0, second = 0, high = 0, low = 0] = bytes
  if (first !== 0x81 && first !== 0x82) return false
  const short = second & 0x7f
  const masked = (second & 0x80) === 0 ? 0 : 4
  return short === 126 ? bytes.length === 4 + masked + high * 256 + low : bytes.length === 2 + masked + short
}

const nothing = Buffer.alloc(0)

/**
 * What is due at the front: a start-line; any line, of which none was a start-line so far; the rest of a line that is too long;
 * the end of a head; the end of a body; nothing that can be read.
 */
type Due = 'start-line' | 'line' | 'rest of line' | 'head' | 'body' | 'tls' | 'websocket'

/**
 * Cuts a stream into messages by Content-Length, bounded in bytes. Where it lost its place (a capture that began in the
 * middle of a connection, a wrong Content-Length), it goes on at the next line that is a start-line.
 */
export const createStreamFramer = (): StreamFramer => {
  /** `kept[from..to)` waits for more; its first byte is byte `position` of the stream. */
  let kept = nothing
  let from = 0
  let to = 0
  let position = 0
  /** Which frame brought the bytes up to `end`; the first still has bytes that wait. */
  let marks: { readonly frame: number; readonly end: number }[] = []
  let due: Due = 'start-line'
  /** How much of what waits is known to hold no end of what is due. */
  let searched = 0
  let messageBytes = 0
  let events: StreamEvent[] = []

  const append = (bytes: Uint8Array): void => {
    const waiting = to - from
    if (to + bytes.length > kept.length) {
      const isFull = waiting + bytes.length > kept.length
      const target = isFull ? Buffer.alloc(Math.max(2 * kept.length, waiting + bytes.length)) : kept
      kept.copy(target, 0, from, to)
      kept = target
      from = 0
      to = waiting
    }
    kept.set(bytes, to)
    to += bytes.length
  }

  const take = (count: number, next: Due): readonly number[] => {
    const until = position + count
    const last = marks.findIndex(({ end }) => end >= until)
    const frames = new Set(marks.slice(0, last + 1).map(({ frame }) => frame))
    marks = marks.slice(marks[last]?.end === until ? last + 1 : last)
    position = until
    from += count
    searched = 0
    due = next
    return [...frames]
  }

  const skip = (count: number, reason: Reason, next: Due): void => {
    if (count === 0) return
    const frames = take(count, next)
    const last = events.at(-1)
    if (last?.type === 'skipped' && last.reason === reason) {
      const all = [...new Set([...last.frames, ...frames])]
      events[events.length - 1] = { type: 'skipped', reason, bytes: last.bytes + count, frames: all }
    } else events.push({ type: 'skipped', reason, bytes: count, frames })
  }

  const emptyLines = (): void => {
    let end = from
    while (end + 1 < to && kept[end] === carriageReturn && kept[end + 1] === lineFeed) end += 2
    const bytes = end - from
    if (bytes > 0) events.push({ type: 'keep-alive', bytes, frames: take(bytes, 'start-line') })
  }

  /** Bytes of the whole lines at the front that begin nothing: there may be very many, so they go at once. */
  const foreignBytes = (): number => {
    const text = kept.toString('latin1', from, Math.min(to, from + glanceBytes))
    let bytes = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', bytes)) {
      if (mayBegin.test(text.slice(bytes, end))) break
      bytes = end + 1
    }
    return bytes
  }

  /** Each of these is done with what is due and says so, or needs more bytes. */
  const readLine = (): boolean => {
    if (due === 'start-line') emptyLines()
    const end = kept.subarray(from, to).indexOf(lineFeed, searched)
    const isLong = (end < 0 ? to - from : end) > limits.lineBytes
    searched = to - from
    if (end < 0 && !isLong) return false
    const line = end < 0 || isLong || due === 'rest of line' ? '' : kept.toString('latin1', from, from + end)
    if (isStartLine(trimmed(line.replace(/\r$/, '')))) {
      searched = 0
      due = 'head'
    } else if (isUpgrade(line)) due = 'websocket'
    else if (end < 0) skip(to - from, 'not sip', 'rest of line')
    else skip(Math.max(end + 1, due === 'rest of line' ? 0 : foreignBytes()), 'not sip', 'line')
    return true
  }

  const readHead = (): boolean => {
    const end = kept.subarray(from, to).indexOf('\r\n\r\n', Math.max(0, searched - 3), 'latin1')
    searched = to - from
    if (end < 0 && searched <= limits.messageBytes) return false
    if (end < 0) {
      skip(to - from, 'not sip', 'rest of line')
      return true
    }
    const length = contentLengthOf(kept.toString('latin1', from, from + end))
    messageBytes = end + 4 + (end + 4 + length > limits.messageBytes ? 0 : length)
    due = 'body'
    return true
  }

  const readBody = (): boolean => {
    if (to - from < messageBytes) return false
    const wire = Uint8Array.from(kept.subarray(from, from + messageBytes))
    events.push({ type: 'message', wire, frames: take(messageBytes, 'start-line') })
    return true
  }

  const readOther = (what: 'tls' | 'websocket') => (): boolean => {
    skip(to - from, what, what)
    return false
  }

  const readers = {
    'start-line': readLine,
    line: readLine,
    'rest of line': readLine,
    head: readHead,
    body: readBody,
    tls: readOther('tls'),
    websocket: readOther('websocket'),
  } as const satisfies Record<Due, () => boolean>

  const flush = (): readonly StreamEvent[] => {
    const given = events
    events = []
    // A connection at rest keeps nothing: there may be very many.
    if (from === to) {
      kept = nothing
      from = 0
      to = 0
    }
    return given
  }

  return {
    waiting: () => to - from,
    push: (bytes, frame) => {
      if (bytes.length === 0) return []
      append(bytes)
      marks.push({ frame, end: position + to - from })
      if (position === 0 && isTls(kept.subarray(from, to))) due = 'tls'
      else if (to - from === bytes.length && due !== 'tls' && isWebSocket(bytes)) due = 'websocket'
      while (from < to && readers[due]()) continue
      return flush()
    },
    cut: () => {
      const isMessage = due === 'head' || due === 'body'
      skip(to - from, isMessage ? 'cut' : 'not sip', due)
      if (due !== 'tls' && due !== 'websocket') due = 'start-line'
      return flush()
    },
  }
}

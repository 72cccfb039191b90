import { isDigits, trimmed } from './chars.ts'
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
      readonly reason: 'not sip' | 'tls' | 'cut'
      readonly bytes: number
      readonly frames: readonly number[]
    }

export type StreamFramer = {
  /** The next bytes of the stream, which came in `frame`; they may be used again after the call. */
  readonly push: (bytes: Uint8Array, frame: number) => readonly StreamEvent[]
  /** The stream ends here, or the bytes that follow are missing. */
  readonly cut: () => readonly StreamEvent[]
}

/** A start-line by its SIP version (RFC 3261 §7.1, §7.2): at its beginning in a response, at its end in a request. */
const isStartLine = (line: string): boolean => {
  const space = line.lastIndexOf(' ')
  const version = /^sip\/[0-9]{1,3}\.[0-9]{1,3}/i
  return version.test(line) || (space > 0 && version.test(line.slice(space + 1)))
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

const lineFeed = 10
const carriageReturn = 13
const isTls = (bytes: Uint8Array): boolean => bytes[0] === 22 && bytes[1] === 3 // RFC 8446 §5.1: handshake, 3.x

/**
 * Cuts a stream into messages by Content-Length, bounded in bytes. Where it lost its place (a capture that began in the
 * middle of a connection, a wrong Content-Length), it goes on at the next line that is a start-line.
 */
export const createStreamFramer = (): StreamFramer => {
  /** `kept[from..to)` waits for more; its first byte is byte `position` of the stream. */
  let kept = Buffer.alloc(4096)
  let from = 0
  let to = 0
  let position = 0
  /** Which frame brought the bytes up to `end`; the first still has bytes that wait. */
  let marks: { readonly frame: number; readonly end: number }[] = []
  /** How much of what waits is known to hold no end of the line, or of the head. */
  let searched = 0
  /** Set while a head is complete and its body is awaited. */
  let awaited = 0
  let isEncrypted = false
  /** Where a stream begins, and behind each message, a start-line is due; elsewhere the rest of a line is nothing. */
  let isInLine = false
  let events: StreamEvent[] = []

  const append = (bytes: Uint8Array): void => {
    if (to + bytes.length > kept.length) {
      const waiting = to - from
      const target =
        waiting + bytes.length > kept.length ? Buffer.alloc(Math.max(2 * kept.length, waiting + bytes.length)) : kept
      kept.copy(target, 0, from, to)
      kept = target
      from = 0
      to = waiting
    }
    kept.set(bytes, to)
    to += bytes.length
  }

  const take = (count: number): readonly number[] => {
    const until = position + count
    const used = marks.findIndex(({ end }) => end >= until)
    const frames = marks.slice(0, used + 1).map(({ frame }) => frame)
    marks = marks.slice(marks[used]?.end === until ? used + 1 : used)
    position = until
    from += count
    searched = 0
    awaited = 0
    return [...new Set(frames)]
  }

  const skip = (count: number, reason: 'not sip' | 'tls' | 'cut'): void => {
    if (count === 0) return
    const frames = take(count)
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
    if (bytes > 0) events.push({ type: 'keep-alive', bytes, frames: take(bytes) })
  }

  /** Whether a start-line stands at the front; what is none is skipped. */
  const findStart = (): boolean => {
    for (;;) {
      if (!isInLine) emptyLines()
      const end = kept.subarray(from, to).indexOf(lineFeed, searched)
      if (end < 0 && to - from <= limits.lineBytes) {
        searched = to - from
        return false
      }
      const isWhole = end >= 0 && end <= limits.lineBytes && !isInLine
      if (isWhole && isStartLine(trimmed(kept.latin1Slice(from, from + end).replace(/\r$/, '')))) return true
      isInLine = end < 0
      skip(end < 0 ? to - from : end + 1, 'not sip')
    }
  }

  /** Whether one message could be taken off the front. */
  const readMessage = (): boolean => {
    if (awaited === 0) {
      const head = kept.subarray(from, to).indexOf('\r\n\r\n', Math.max(0, searched - 3), 'latin1')
      if (head < 0) {
        searched = to - from
        if (searched <= limits.messageBytes) return false
        skip(kept.subarray(from, to).indexOf(lineFeed) + 1, 'not sip')
        return true
      }
      const length = contentLengthOf(kept.latin1Slice(from, from + head))
      awaited = head + 4 + (head + 4 + length > limits.messageBytes ? 0 : length)
    }
    if (to - from < awaited) return false
    const wire = Uint8Array.from(kept.subarray(from, from + awaited))
    events.push({ type: 'message', wire, frames: take(awaited) })
    return true
  }

  const read = (): void => {
    if (position === 0 && isTls(kept.subarray(from, to))) isEncrypted = true
    if (isEncrypted) skip(to - from, 'tls')
    else while (awaited > 0 ? readMessage() : findStart() && readMessage()) continue
  }

  const flush = (): readonly StreamEvent[] => {
    const given = events
    events = []
    return given
  }

  return {
    push: (bytes, frame) => {
      if (bytes.length === 0) return []
      append(bytes)
      marks.push({ frame, end: position + (to - from) })
      read()
      return flush()
    },
    cut: () => {
      const isStarted = awaited > 0 || (!isInLine && !isEncrypted && kept.subarray(from, to).includes(lineFeed))
      skip(to - from, isStarted ? 'cut' : 'not sip')
      isInLine = false
      return flush()
    },
  }
}

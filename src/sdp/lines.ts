import { fault, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'
import type { Line } from './description.ts'

export type Limits = { readonly bytes: number; readonly lines: number }

/** More than any datagram holds. */
export const wireLimits: Limits = { bytes: 65_535, lines: 2000 }

const readLine = (text: string, at: number, number: number): { readonly line: Line; readonly next: number } => {
  const feed = text.indexOf('\n', at)
  const ending = feed < 0 ? '' : feed > at && text.charCodeAt(feed - 1) === 13 ? '\r\n' : '\n'
  const next = feed < 0 ? text.length : feed + 1
  const content = text.slice(at, next - ending.length)
  return { line: { type: content.slice(0, 1), value: content.slice(2), number, at, ending }, next }
}

const isLetter = (type: string): boolean => type >= 'a' && type <= 'z'

/** Splits a description into its lines (RFC 8866 §5): `<letter>=<value>`; bare LF and blank lines are kept, not refused. */
export const splitLines = (bytes: Uint8Array, limits: Limits): Result<readonly Line[]> => {
  if (bytes.length > limits.bytes) return fault('sdp.too-large', '8866 §5', `${bytes.length} bytes`, limits.bytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const lines: Line[] = []
  for (let at = 0; at < text.length;) {
    const { line, next } = readLine(text, at, lines.length + 1)
    const content = text.slice(at, next - line.ending.length)
    const stray = content.search(/[\0\r]/)
    if (stray >= 0) return fault('sdp.byte-string', '8866 §9', `line ${line.number}: ${content}`, at + stray)
    if (content !== '' && (!isLetter(line.type) || content[1] !== '='))
      return fault('sdp.line', '8866 §5', `line ${line.number}: ${content}`, at)
    if (lines.length >= limits.lines) return fault('sdp.too-large', '8866 §5', `more than ${limits.lines} lines`, at)
    lines.push(line)
    at = next
  }
  return ok(lines)
}

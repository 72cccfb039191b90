import { resolve } from 'node:path'
import { type Fault, type Result, fault, ok } from '../core/result.ts'
import { parseSdp } from '../sdp/parse.ts'
import { faultsOf, listed } from '../sip/faults.ts'
import { mediaTypeOf } from '../sip/fields/tokens.ts'
import { limits } from '../sip/limits.ts'
import type { Message } from '../sip/message.ts'
import { maskSecrets } from '../sip/mask.ts'
import { parseMessage } from '../sip/parse.ts'
import { readRepaired } from '../sip/repair.ts'
import { bytesOf, displayText, latin1 } from '../sip/text.ts'
import { readChunks } from './store.ts'

/** What `message --json` prints. */
export type MessageReport = {
  readonly valid: boolean
  readonly kind: Message['kind'] | null
  readonly faults: readonly Fault[]
}

type Read = { readonly report: MessageReport; readonly what: string }

const sdpFaults = (message: Message): readonly Fault[] => {
  if (mediaTypeOf(message) !== 'application/sdp') return []
  const sdp = parseSdp(message.body)
  const begin = message.body.byteOffset - message.wire.byteOffset
  return (sdp.ok ? sdp.value.deviations : [sdp.fault]).map((one) => ({ ...one, at: one.at + begin }))
}

const whatIs = (message: Message): string => {
  const { length } = message.body
  const type = mediaTypeOf(message)
  const body = length === 0 ? 'no body' : `${length} bytes of ${type ?? 'body'}`
  return `a ${message.kind}, ${message.fields.length} fields, ${body}: ${displayText(message.startLine)}`
}

/** What a message that cannot be read was meant to be, by its first line. */
const guess = (text: string): Message['kind'] | null => {
  const line = text.trimStart().split('\n', 1)[0]?.toUpperCase() ?? ''
  if (line.startsWith('SIP/')) return 'response'
  return line.includes(' SIP/') ? 'request' : null
}

const readWire = (wire: Uint8Array, ending: readonly Fault[] = []): Read => {
  const kind = guess(latin1(wire))
  const read = parseMessage(wire)
  // What is no SIP at all has no other faults than that.
  const { message, faults: met } =
    !read.ok && kind === null ? { message: undefined, faults: [read.fault] } : readRepaired(wire)
  const behind = message === undefined ? [] : [...faultsOf(message), ...sdpFaults(message)]
  const faults = listed([...ending, ...met, ...behind])
  if (message !== undefined && met.length === 0)
    return { report: { valid: faults.length === 0, kind: message.kind, faults }, what: whatIs(message) }
  return {
    report: { valid: false, kind, faults },
    what: kind === null ? 'no SIP message' : `a ${kind} that cannot be read as it stands`,
  }
}

/** Line feeds that stand alone: of an editor's file all, beside other line ends those of the head. */
const loneFeeds = (text: string): readonly number[] => {
  const end = text.includes('\r') ? text.search(/\n\r?\n/) : text.length
  const until = end < 0 ? text.length : end + 2
  const found: number[] = []
  for (let at = text.indexOf('\n'); at >= 0 && at < until; at = text.indexOf('\n', at + 1))
    if (text[at - 1] !== '\r') found.push(at)
  return found
}

/** Lines that do not end with CRLF are one fault; the others are told at their places in the file. */
const readLineFeeds = (text: string, feeds: readonly number[], first: number): Read => {
  const line = text.slice(text.lastIndexOf('\n', first - 1) + 1, first)
  const ending = fault('message.line-end', '3261 §7', line, first).fault
  let from = 0
  const pieces = feeds.map((at) => {
    const piece = `${text.slice(from, at)}\r`
    from = at
    return piece
  })
  const { report, what } = readWire(bytesOf(pieces.join('') + text.slice(from)), [ending])
  const returnsBefore = (at: number): number => feeds.filter((feed, index) => feed + index < at).length
  return {
    report: { ...report, faults: report.faults.map((one) => ({ ...one, at: one.at - returnsBefore(one.at) })) },
    what,
  }
}

const readLines = (wire: Uint8Array): Read => {
  const text = latin1(wire)
  const feeds = loneFeeds(text)
  const [first] = feeds
  return first === undefined || wire.length > limits.messageBytes ? readWire(wire) : readLineFeeds(text, feeds, first)
}

/** What stands in place of a secret that makes a fault by itself. */
const notShown = '***'

/** Reads one SIP message and says what it is and all that is wrong with it; what is made of a password is not said back. */
export const readMessage = (wire: Uint8Array): Read => {
  const read = readLines(wire)
  const masked = maskSecrets(wire)
  if (masked.every((byte, at) => byte === wire[at])) return read
  const shown = readLines(masked).report.faults
  const faults = read.report.faults.map((one) => ({
    ...one,
    saw: shown.find(({ rule, at }) => rule === one.rule && at === one.at)?.saw ?? notShown,
  }))
  return { ...read, report: { ...read.report, faults } }
}

/** The bytes of a file or, as `-`, of standard input; no more than tell that they are too many for a message. */
export const messageBytes = async (file: string, cwd: string): Promise<Result<Uint8Array>> => {
  const chunks = readChunks(file === '-' ? file : resolve(cwd, file))
  if (!chunks.ok) return chunks
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks.value) {
    parts.push(Uint8Array.from(chunk.subarray(0, limits.messageBytes + 1)))
    size += chunk.length
    if (size > limits.messageBytes) break
  }
  return ok(Buffer.concat(parts))
}

export const messageLines = ({ report, what }: Read): readonly string[] => [
  what,
  report.valid ? 'valid' : `${report.faults.length} ${report.faults.length === 1 ? 'fault' : 'faults'}`,
  ...report.faults.map(
    ({ rule, cite, at, saw }) =>
      `  byte ${at}: ${rule}${cite === 'none' ? '' : ` (RFC ${cite})`}, saw ${JSON.stringify(displayText(saw))}`,
  ),
]

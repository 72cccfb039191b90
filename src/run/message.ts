import { resolve } from 'node:path'
import { type Fault, type Result, fault, ok } from '../core/result.ts'
import { parseSdp } from '../sdp/parse.ts'
import { faultsOf } from '../sip/faults.ts'
import { mediaTypeOf } from '../sip/fields/tokens.ts'
import { limits } from '../sip/limits.ts'
import type { Message } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
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

const readWire = (wire: Uint8Array): Read => {
  const message = parseMessage(wire)
  if (!message.ok) {
    const kind = guess(latin1(wire))
    return {
      report: { valid: false, kind, faults: [message.fault] },
      what: kind === null ? 'no SIP message' : `a ${kind} that cannot be read to its end`,
    }
  }
  const faults = [...faultsOf(message.value), ...sdpFaults(message.value)]
  return { report: { valid: faults.length === 0, kind: message.value.kind, faults }, what: whatIs(message.value) }
}

/** An editor's file: no line ends with CRLF. That is one fault; the others are told at their places in the file. */
const readLineFeeds = (text: string): Read => {
  const withReturns = text.replaceAll('\n', '\r\n')
  const { report, what } = readWire(bytesOf(withReturns))
  const ending = fault('message.line-end', '3261 §7', text.split('\n', 1)[0] ?? '', text.indexOf('\n')).fault
  const moved = report.faults.map((one) => ({
    ...one,
    at: one.at - (withReturns.slice(0, one.at).split('\r').length - 1),
  }))
  return { report: { ...report, valid: false, faults: [ending, ...moved] }, what }
}

/** Reads one SIP message and says what it is and all that is wrong with it. */
export const readMessage = (wire: Uint8Array): Read => {
  const text = latin1(wire)
  return text.includes('\n') && !text.includes('\r') ? readLineFeeds(text) : readWire(wire)
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
    ({ rule, cite, at, saw }) => `  byte ${at}: ${rule} (RFC ${cite}), saw ${JSON.stringify(displayText(saw))}`,
  ),
]

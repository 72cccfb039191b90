import type { Fault } from '../core/result.ts'
import type { Message } from './message.ts'
import { parseMessage } from './parse.ts'
import { bytesOf, latin1 } from './text.ts'

/** A message as far as it can be read, and each fault that kept it from being read as it stands. */
export type Repaired = { readonly message: Message | undefined; readonly faults: readonly Fault[] }

const maxRepairs = 100

const ofLine: ReadonlySet<string> = new Set([
  'header.no-colon',
  'header.name',
  'content-length.syntax',
  'content-length.conflict',
  'content-length.too-large',
])

const lineAt = (text: string, at: number): string => {
  const end = text.indexOf('\r\n', at)
  return text.slice(at, end < 0 ? text.length : end)
}

const spliced = (text: string, at: number, instead: string): string =>
  text.slice(0, at) + instead + text.slice(at + instead.length)

/** A start-line of the same length; its method stays, for the rules that look at it. */
const startLineLike = (line: string): string | undefined => {
  if (line.toUpperCase().startsWith('SIP/'))
    return line.length < 'SIP/2.0 200'.length ? undefined : 'SIP/2.0 200'.padEnd(line.length)
  const [method = ''] = line.split(' ', 1)
  const filling = line.length - `${method} sip: SIP/2.0`.length
  const isToken = /^[A-Za-z0-9.!%*_+`'~-]+$/.test(method)
  return filling < 1 || !isToken ? undefined : `${method} sip:${'x'.repeat(filling)} SIP/2.0`
}

/** The text without this fault and with all else at its place; nothing where that cannot be. */
const without = (text: string, { rule, at }: Fault): string | undefined => {
  if (ofLine.has(rule)) {
    const { length } = lineAt(text, at)
    return length < 2 ? undefined : spliced(text, at, '!:'.padEnd(length))
  }
  if (rule.startsWith('request-line.') || rule.startsWith('status-line.')) {
    const begin = text.lastIndexOf('\r\n', at - 1) + (text.lastIndexOf('\r\n', at - 1) < 0 ? 1 : 2)
    const line = startLineLike(lineAt(text, begin))
    return line === undefined ? undefined : spliced(text, begin, line)
  }
  if (rule === 'message.no-empty-line') return `${text}${text.endsWith('\r\n') ? '\r\n' : '\r\n\r\n'}`
  return undefined
}

/** Reads past each fault that ends the reading, so that what is behind it is found as well. Bounded. */
export const readRepaired = (wire: Uint8Array): Repaired => {
  const faults: Fault[] = []
  let bytes = wire
  for (let repairs = 0; repairs <= maxRepairs; repairs += 1) {
    const read = parseMessage(bytes)
    if (read.ok) return { message: read.value, faults }
    faults.push(read.fault)
    const next = without(latin1(bytes), read.fault)
    if (next === undefined) break
    bytes = bytesOf(next)
  }
  return { message: undefined, faults }
}

import type { SessionDescription } from '../sdp/description.ts'
import type { Message } from '../sip/message.ts'
import { parseMessage } from '../sip/parse.ts'
import { descriptionIn } from './descriptions.ts'

export type Reading = { readonly message: Message; readonly description: () => SessionDescription | undefined }

/** What bytes say that parsed before. */
export type Parsed = (wire: Uint8Array) => Reading

/** Messages that are kept: those of a long call. */
const most = 128

const readingOf = (wire: Uint8Array): Reading => {
  const again = parseMessage(wire)
  if (!again.ok) throw new Error(`a message parsed before and does not now: ${again.fault.rule}`)
  const message = again.value
  let description: { readonly is: SessionDescription | undefined } | undefined
  return { message, description: () => (description ??= { is: descriptionIn(message) }).is }
}

/** Parses again what is looked at again, but for the last few: a trace keeps bytes, which are a tenth as large. */
export const createParsed = (): Parsed => {
  const kept = new Map<Uint8Array, Reading>()
  return (wire) => {
    const known = kept.get(wire)
    if (known !== undefined) return known
    const reading = readingOf(wire)
    const oldest = kept.keys().next()
    if (kept.size >= most && oldest.done !== true) kept.delete(oldest.value)
    kept.set(wire, reading)
    return reading
  }
}

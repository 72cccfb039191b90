import { parseNameAddr, tagOf } from './fields/address.ts'
import { type Message, fieldValue } from './message.ts'

/** The tag of that end of a dialog (RFC 3261 §19.3); none also where the field is absent or cannot be read. */
export const tagIn = (message: Message, name: 'From' | 'To'): string | undefined => {
  const address = parseNameAddr(fieldValue(message, name) ?? '')
  return address.ok ? tagOf(address.value) : undefined
}

import { type Result, ok } from '../core/result.ts'
import { parseAddressList } from '../sip/fields/address.ts'
import { numberOf } from '../sip/fields/tokens.ts'
import { type FieldDraft, type Message, fieldsNamed } from '../sip/message.ts'
import { param } from '../sip/uri.ts'

/** Where an address-of-record is reached, and for how many seconds yet. */
export type Binding = { readonly uri: string; readonly expiresS: number | undefined }

/** What a REGISTER says of one binding; 0 seconds remove it (RFC 3261 §10.2.1, §10.2.2). */
export const registerFields = (contactUri: string, expiresS: number): readonly FieldDraft[] => [
  ['Contact', `<${contactUri}>`],
  ['Expires', String(expiresS)],
]

const secondsOf = (text: string | true | undefined): number | undefined =>
  typeof text === 'string' && /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined

/** Bindings of a REGISTER or of the 2xx to one: `expires` of the Contact goes before the Expires field (§10.2.4, §10.3). */
export const bindingsOf = (message: Message): Result<readonly Binding[]> => {
  const common = numberOf(message, 'Expires')
  if (!common.ok) return common
  const bindings: Binding[] = []
  for (const { value } of fieldsNamed(message, 'Contact')) {
    const contacts = parseAddressList(value)
    if (!contacts.ok) return contacts
    for (const { uri, params } of contacts.value)
      bindings.push({ uri, expiresS: secondsOf(param(params, 'expires')) ?? common.value })
  }
  return ok(bindings)
}

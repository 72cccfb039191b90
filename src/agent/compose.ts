import { canonicalName } from '../sip/names.ts'
import { showHost } from '../sip/uri.ts'
import type { FieldDraft } from '../sip/message.ts'
import type { Edge } from './wire.ts'
import type { SendOptions } from './user-agent.ts'

/** `sip:a@b` -> `<sip:a@b>`; a name-addr stays as it is. */
export const asNameAddr = (address: string): string => (address.includes('<') ? address : `<${address}>`)

/** The Via of a new request: RFC 3581 §3 asks for the port that our packet really came from. */
export const viaOf = ({ transport, host, port }: Edge, branch: string): FieldDraft => [
  'Via',
  `SIP/2.0/${transport.toUpperCase()} ${showHost(host)}:${port};branch=${branch};rport`,
]

/** The edge as a URI; over UDP the transport is left to the default (RFC 3263 §4.1). */
export const contactUri = ({ transport, host, port }: Edge, user: string | undefined): string =>
  `<sip:${user === undefined ? '' : `${user}@`}${showHost(host)}:${port}${transport === 'udp' ? '' : `;transport=${transport}`}>`

const sameName = (a: string, b: string): boolean => canonicalName(a) === canonicalName(b)

/** Puts `over` in the place of fields of the same name; those without one come last. */
export const replaced = (fields: readonly FieldDraft[], over: readonly FieldDraft[]): readonly FieldDraft[] => {
  const isFirst = (index: number, name: string): boolean =>
    fields.findIndex(([other]) => sameName(other, name)) === index
  const kept = fields.flatMap(([name, value], index): readonly FieldDraft[] => {
    const instead = over.filter(([other]) => sameName(other, name))
    if (instead.length === 0) return [[name, value]]
    return isFirst(index, name) ? instead : []
  })
  return [...kept, ...over.filter(([name]) => !fields.some(([other]) => sameName(other, name)))]
}

const lacks = (fields: readonly FieldDraft[], lacking: readonly string[]): readonly FieldDraft[] =>
  fields.filter(([name]) => !lacking.some((other) => sameName(other, name)))

/** What the user agent fills in, with what its user says over and beside it; Content-Type goes where there is a body. */
export const composed = (filled: readonly FieldDraft[], options: Omit<SendOptions, 'cause'>): readonly FieldDraft[] => {
  const { fields = [], lacking = [], body, contentType } = options
  const described: readonly FieldDraft[] =
    body === undefined || contentType === undefined ? [] : [['Content-Type', contentType]]
  return lacks(replaced(replaced(filled, described), fields), lacking)
}

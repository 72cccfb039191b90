import { type Result, ok } from '../core/result.ts'
import { parseNameAddr, serializeNameAddr } from '../sip/fields/address.ts'
import { splitCommas } from '../sip/commas.ts'
import type { FieldDraft } from '../sip/message.ts'
import { isSipUri, param, parseUri, serializeUri } from '../sip/uri.ts'
import type { Shape } from './profile.ts'
import { fill, unknownName } from './template.ts'

/** Names that the templates of a shape may use. */
export const shapeNames = ['callee', 'callerId', 'caller', 'did', 'host', 'pbx', 'edge', 'transport', 'token'] as const

/**
 * What fills a shape. Numbers are written in the provider's form already; `pbx` and `edge` are `host:port`; `token` is any
 * text that makes a Contact its own, and the tag of From.
 */
export type ShapeVariables = Readonly<Partial<Record<(typeof shapeNames)[number], string>>> & {
  readonly host: string
  readonly transport: string
  readonly token: string
}

/** Start and header fields of an INVITE in a documented shape. */
export type ShapedInvite = {
  readonly requestUri: string
  readonly from: string
  readonly to: string
  readonly contact: string
  /** Tag of From; any where it is left out. */
  readonly tag?: string
  readonly fields: readonly FieldDraft[]
}

/** Without its parameter a URI asks for UDP (RFC 3263 §4.1). Examples of documents are mostly of UDP. */
export const overTransport = (contact: string, transport: string): string => {
  const address = parseNameAddr(contact)
  const uri = address.ok ? parseUri(address.value.uri) : undefined
  if (transport === 'udp' || !address.ok || uri?.ok !== true || !isSipUri(uri.value)) return contact
  if (param(uri.value.params, 'transport') !== undefined) return contact
  const params = [...uri.value.params, { name: 'transport', value: transport }]
  return serializeNameAddr({ ...address.value, uri: serializeUri({ ...uri.value, params }) })
}

/** Who records its route for one transport is reached by it in the call, too. */
export const recordedOver = ([name, value]: FieldDraft, transport: string): FieldDraft =>
  name.toLowerCase() === 'record-route'
    ? [
        name,
        splitCommas(value)
          .map((route) => overTransport(route, transport))
          .join(', '),
      ]
    : [name, value]

/** The shape of a call that is forwarded to that URI; To is the same one, unless the provider documents another. */
export const forwardedTo = (shape: Shape, uri: string): Shape => ({
  ...shape,
  requestUri: uri,
  to: shape.to === `<${shape.requestUri}>` ? `<${uri}>` : shape.to,
})

/** Contract and numbers to the header fields of a documented INVITE: one function for the player and the embedded parties. */
export const shapeOf = (shape: Shape, variables: ShapeVariables): Result<ShapedInvite> => {
  const values = new Map<string, string>(Object.entries(variables))
  const filled = (template: string): Result<string> =>
    fill(template, (name) => {
      const value = values.get(name)
      return value === undefined ? unknownName(name, [...values.keys()]) : ok(value)
    })
  const requestUri = filled(shape.requestUri)
  if (!requestUri.ok) return requestUri
  const from = filled(shape.from)
  if (!from.ok) return from
  const to = filled(shape.to)
  if (!to.ok) return to
  const contact = filled(shape.contact)
  if (!contact.ok) return contact
  const fields: FieldDraft[] = []
  for (const [name, template] of Object.entries(shape.fields ?? {})) {
    const value = filled(template)
    if (!value.ok) return value
    fields.push(recordedOver([name, value.value], variables.transport))
  }
  return ok({
    requestUri: requestUri.value,
    from: from.value,
    to: to.value,
    contact: overTransport(contact.value, variables.transport),
    tag: variables.token,
    fields,
  })
}

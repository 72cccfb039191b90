import type { Side } from '../core/finding.ts'
import { type Endpoint, type Transport, showEndpoint } from '../core/frame.ts'
import { type Failed, type Result, fault, ok } from '../core/result.ts'
import type { FieldDraft } from '../sip/message.ts'
import type { Contract } from '../profile/contract.ts'
import { expandForwarding } from '../profile/forwarding.ts'
import { filledUp, isFilling } from '../profile/custom-headers.ts'
import { writeAs } from '../profile/numbers.ts'
import { type ShapedInvite, forwardedTo, overTransport, recordedOver, shapeOf } from '../profile/shape.ts'
import type { With } from '../scenario/ladder.ts'
import { type Scope, resolve } from '../scenario/reference.ts'

const resolveOr = (
  template: string | undefined,
  scope: Scope,
  otherwise: string | undefined,
): Result<string | undefined> => (template === undefined ? ok(otherwise) : resolve(template, scope))

type Addresses = { readonly peer: Endpoint; readonly edge: string; readonly transport: Transport }

/** Request-URI, From, To, Contact and further fields of a call that we send: the documented shape, then the ladder's `with:`. */
export const composeInvite = (
  us: Side,
  shaped: With,
  contract: Contract,
  scope: Scope,
  { peer, edge, transport }: Addresses,
  token: string,
): Result<ShapedInvite> => {
  const { profile, numbers, domain } = contract
  const out = us === 'pbx'
  const to = resolveOr(shaped.to, scope, out ? numbers.callee : numbers.did)
  if (!to.ok) return to
  const from = resolveOr(shaped.from, scope, numbers.callerId)
  if (!from.ok) return from
  if (to.value === undefined || from.value === undefined) return missing(out ? 'callee or callerId' : 'did or callerId')
  const callee = writeAs(out ? profile.numbers.to : profile.numbers.origination, to.value)
  const caller = writeAs(out ? profile.numbers.from : profile.numbers.origination, from.value)
  const forwarding = contract.forwarding?.[transport]
  const origination =
    forwarding === undefined
      ? profile.origination
      : forwardedTo(profile.origination, expandForwarding(forwarding, callee))
  const shape = shapeOf(out ? profile.termination : origination, {
    callee,
    did: callee,
    callerId: caller,
    caller,
    host: domain,
    pbx: showEndpoint(out ? { address: edge.split(':')[0] ?? edge, port: 0 } : peer),
    edge,
    transport,
    token,
  })
  if (!shape.ok) return shape
  return overridden(shape.value, shaped, scope, transport)
}

const overridden = (shape: ShapedInvite, shaped: With, scope: Scope, transport: Transport): Result<ShapedInvite> => {
  const requestUri = resolveOr(shaped.requestUri, scope, shape.requestUri)
  if (!requestUri.ok) return requestUri
  const contact = resolveOr(shaped.contact, scope, shape.contact)
  if (!contact.ok) return contact
  const own = composeFields(shaped, scope)
  if (!own.ok) return own
  const fields = [...shape.fields, ...own.value.map((field) => recordedOver(field, transport))]
  const filling = composeFilling(shaped, scope, fields)
  if (!filling.ok) return filling
  return ok({
    ...shape,
    requestUri: requestUri.value ?? shape.requestUri,
    contact: overTransport(contact.value ?? shape.contact, transport),
    fields: [...fields, ...filling.value],
  })
}

/** The `customHeaders:` of a `with:`, beside the fields that the call has already. */
const composeFilling = (
  { customHeaders }: With,
  scope: Scope,
  beside: readonly FieldDraft[],
): Result<readonly FieldDraft[]> => {
  const limits = scope.profile.customHeaders
  if (customHeaders === undefined || limits === undefined) return ok([])
  const filling = resolve(customHeaders, scope)
  if (!filling.ok) return filling
  if (!isFilling(filling.value)) return fault('ladder.custom-headers', 'none', `${filling.value}: full or half`)
  return ok([filledUp(limits, beside, filling.value)])
}

/** The `fields:` of a `with:`, references resolved. */
export const composeFields = (shaped: With, scope: Scope): Result<readonly FieldDraft[]> => {
  const fields: FieldDraft[] = []
  for (const [name, template] of Object.entries(shaped.fields ?? {})) {
    const value = resolve(template, scope)
    if (!value.ok) return value
    fields.push([name, value.value])
  }
  return ok(fields)
}

/** Codec names of an offer or an answer, references resolved; `undefined` where the ladder is silent. */
export const composeCodecs = (
  templates: readonly string[] | undefined,
  scope: Scope,
): Result<readonly string[] | undefined> => {
  if (templates === undefined) return ok(undefined)
  const names: string[] = []
  for (const template of templates) {
    const name = resolve(template, scope)
    if (!name.ok) return name
    names.push(name.value)
  }
  return ok(names)
}

const missing = (what: string): Failed => fault('ladder.number-missing', 'none', what)

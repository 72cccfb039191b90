import { normalizeAddress } from '../core/address.ts'
import type { Destination, Endpoint, Transport } from '../core/frame.ts'
import { splitCommas } from '../sip/commas.ts'
import { type Via, serializeVia, viasOf } from '../sip/fields/via.ts'
import { type FieldDraft, type Request, fieldValue, fieldsNamed } from '../sip/message.ts'
import { param } from '../sip/uri.ts'
import { toTag } from '../dialog/dialog.ts'

/** Where the responses to a request go, and the values of their Via. */
export type ReturnPath = { readonly destination: Destination; readonly vias: readonly string[] }

const sameHost = (a: string, b: string): boolean => normalizeAddress(a) === normalizeAddress(b)

/** RFC 3261 §18.2.1 and RFC 3581 §4: says in the top Via where the request really came from. */
const stamped = (via: Via, source: Endpoint): Via => {
  const asked = param(via.params, 'rport') !== undefined
  if (!asked && sameHost(via.host, source.address)) return via
  const params = via.params
    .filter(({ name }) => name.toLowerCase() !== 'received')
    .map((each) => (each.name.toLowerCase() === 'rport' ? { name: each.name, value: String(source.port) } : each))
  return { ...via, params: [...params, { name: 'received', value: source.address }] }
}

/**
 * The way back (§18.2.2): over the connection that the request came by, while it lives. Else to the address that it came
 * from; to its port where it asked for that over UDP (RFC 3581), else to the one of the sent-by. `maddr` is not followed: it would let anyone point us at a third party.
 */
export const returnPath = (request: Request, source: Endpoint, transport: Transport): ReturnPath | undefined => {
  const parsed = viasOf(request)
  const top = parsed.ok ? parsed.value[0] : undefined
  if (top === undefined) return undefined
  const values = fieldsNamed(request, 'Via').flatMap(({ value }) => splitCommas(value))
  const isStream = transport === 'tcp'
  const asked = !isStream && param(top.params, 'rport') !== undefined
  return {
    destination: {
      address: source.address,
      port: asked ? source.port : (top.port ?? 5060),
      ...(isStream ? { over: source } : {}),
    },
    vias: [serializeVia(stamped(top, source)), ...values.slice(1)],
  }
}

const copied = (request: Request, name: string): readonly FieldDraft[] =>
  fieldsNamed(request, name).map(({ value }): FieldDraft => [name, value])

/** The To of our responses: with our tag, except in a 100 and where the request has one (§8.2.6.2); none where that has none. */
const toOf = (request: Request, status: number, tag: string): readonly FieldDraft[] => {
  const value = fieldValue(request, 'To') ?? ''
  if (value === '') return []
  return [['To', status === 100 || toTag(request) !== '' ? value : `${value};tag=${tag}`]]
}

/** What a response takes from its request (§8.2.6); Record-Route where it makes a dialog (§12.1.1). */
export const responseFields = (
  request: Request,
  status: number,
  { vias, tag }: { readonly vias: readonly string[]; readonly tag: string },
): readonly FieldDraft[] => [
  ...vias.map((via): FieldDraft => ['Via', via]),
  ...(request.method === 'INVITE' && status > 100 && status < 300 ? copied(request, 'Record-Route') : []),
  ...copied(request, 'From'),
  ...toOf(request, status, tag),
  ...copied(request, 'Call-ID'),
  ...copied(request, 'CSeq'),
  ...(status === 100 ? copied(request, 'Timestamp') : []),
]

import { parseAddressList } from '../sip/fields/address.ts'
import { type Message, type Request, fieldsNamed } from '../sip/message.ts'
import { tagIn } from '../sip/tags.ts'
import type { Call, Seen, Transaction } from './trace.ts'

/** Something that a peer said of its dialog, and the frame in which it did. */
export type Said<T> = { readonly value: T; readonly frame: number }

/** The two ends of a dialog as the sender of a request sees them (RFC 3261 §12). */
type Ends = { readonly own: string | undefined; readonly peer: string | undefined }

const endsOf = (request: Request): Ends => ({ own: tagIn(request, 'From'), peer: tagIn(request, 'To') })

const isOfRequest = (message: Message, { own, peer }: Ends): boolean =>
  tagIn(message, 'From') === peer && [own, undefined].includes(tagIn(message, 'To'))

const isOfResponse = (message: Message, { own, peer }: Ends): boolean =>
  tagIn(message, 'From') === own && tagIn(message, 'To') === peer

/** URIs of all values of an address field, in order; those that cannot be read are left out. */
export const urisIn = (message: Message, name: 'Contact' | 'Record-Route' | 'Route'): readonly string[] =>
  fieldsNamed(message, name).flatMap(({ value }) => {
    const list = parseAddressList(value)
    return list.ok ? list.value.map(({ uri }) => uri) : []
  })

/** A Contact that replaces the remote target, or one that may, as long as its request is not accepted (RFC 6141 §4.6). */
type Target = Said<string> & { readonly holds: boolean }

const contactIn = (seen: Seen, message: Message, holds: boolean): readonly Target[] =>
  urisIn(message, 'Contact')
    .slice(0, 1)
    .map((value) => ({ value, frame: seen.frame, holds }))

const isAccepted = ({ responses }: Transaction, before: number): boolean =>
  responses.some((seen) => seen.frame < before && [200, 202].includes(seen.message().status))

const targetsIn = (transaction: Transaction, sent: Seen<Request>, ends: Ends): readonly Target[] => {
  const { client, request, responses, inDialog } = transaction
  if (client !== sent.sender) {
    const message = request.message()
    if (request.frame > sent.frame || !isOfRequest(message, ends)) return []
    return contactIn(request, message, !inDialog || isAccepted(transaction, sent.frame))
  }
  return responses.flatMap((seen) => {
    const message = seen.message()
    const { status } = message
    if (seen.frame > sent.frame || status < 101 || status > 299 || !isOfResponse(message, ends)) return []
    return contactIn(seen, message, !inDialog || status >= 200)
  })
}

/**
 * The remote targets that the sender of a request within a dialog may use (RFC 3261 §12.2.1.1): the last Contact that its
 * peer gave, and any that is still being negotiated. Empty where the trace shows none.
 */
export const remoteTargets = (call: Call, sent: Seen<Request>): readonly Said<string>[] => {
  const ends = endsOf(sent.message())
  const targets = call.transactions
    .filter(({ method }) => method === 'INVITE' || method === 'UPDATE')
    .flatMap((transaction) => targetsIn(transaction, sent, ends))
    .sort((a, b) => a.frame - b.frame)
  return targets.slice(
    Math.max(
      0,
      targets.findLastIndex(({ holds }) => holds),
    ),
  )
}

/**
 * The route set that the sender of a request within a dialog must follow from the tap on: Record-Route of what created
 * the dialog, in order for the server and reversed for the client (RFC 3261 §12.1.1, §12.1.2). What the sender's own
 * proxies recorded is not in it: they have taken their Route away. `undefined` where the trace shows no such dialog.
 */
export const routeSet = (call: Call, sent: Seen<Request>): Said<readonly string[]> | undefined => {
  const ends = endsOf(sent.message())
  const creating = call.transactions.filter(({ method, inDialog }) => method === 'INVITE' && !inDialog)
  const given = creating.flatMap((transaction) =>
    transaction.client === sent.sender ? routesOfClient(transaction, ends) : routesOfServer(transaction.request, ends),
  )
  return given.filter(({ frame }) => frame < sent.frame).at(-1)
}

const routesOfServer = (request: Seen<Request>, ends: Ends): readonly Said<readonly string[]>[] => {
  const message = request.message()
  return isOfRequest(message, ends) ? [{ value: urisIn(message, 'Record-Route'), frame: request.frame }] : []
}

const routesOfClient = ({ request, responses }: Transaction, ends: Ends): readonly Said<readonly string[]>[] => {
  const own = urisIn(request.message(), 'Record-Route')
  return responses.flatMap((seen) => {
    const message = seen.message()
    if (message.status < 101 || message.status > 299 || !isOfResponse(message, ends)) return []
    const recorded = urisIn(message, 'Record-Route').filter((uri) => !own.includes(uri))
    return [{ value: recorded.toReversed(), frame: seen.frame }]
  })
}

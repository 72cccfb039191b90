import { type Result, ok } from '../core/result.ts'
import { splitCommas } from '../sip/commas.ts'
import { parseAddressList, parseNameAddr } from '../sip/fields/address.ts'
import { cseqOf } from '../sip/fields/cseq.ts'
import { type Message, type Request, type Response, fieldValue, fieldsNamed } from '../sip/message.ts'
import { parseUri } from '../sip/uri.ts'
import { tagIn } from '../sip/tags.ts'

/** RFC 3261 §12. Texts as they stood on the wire, so that a request in the dialog gives back what the peer said. */
export type Dialog = {
  readonly role: 'uac' | 'uas'
  readonly phase: 'early' | 'confirmed'
  readonly callId: string
  readonly localTag: string
  /** Empty where the peer gave none, as RFC 2543 allowed (§12.1.1). */
  readonly remoteTag: string
  /** Values of From and To with their tags, as in our requests. */
  readonly local: string
  readonly remote: string
  /** Sequence number of our last request; `undefined` before the first. */
  readonly localSeq: number | undefined
  readonly remoteSeq: number | undefined
  /** URI of the peer's Contact. */
  readonly remoteTarget: string
  /** Values of Route, in the order in which we write them. */
  readonly routeSet: readonly string[]
}

/** Call-ID, local tag, remote tag. */
export type DialogId = string
const idOf = (callId: string, localTag: string, remoteTag: string): DialogId =>
  JSON.stringify([callId, localTag, remoteTag])

export const fromTag = (message: Message): string => tagIn(message, 'From') ?? ''

/** Empty where there is none: the request stands outside of a dialog. */
export const toTag = (message: Message): string => tagIn(message, 'To') ?? ''

/** The dialog that a received message names: we are its From in a response, its To in a request (§12). */
export const dialogIdOf = (received: Message): DialogId => {
  const callId = fieldValue(received, 'Call-ID') ?? ''
  const [from, to] = [fromTag(received), toTag(received)]
  return received.kind === 'response' ? idOf(callId, from, to) : idOf(callId, to, from)
}

export const idOfDialog = ({ callId, localTag, remoteTag }: Dialog): DialogId => idOf(callId, localTag, remoteTag)

/** A URI that can stand in a request of ours: nothing that a peer writes may bend our own messages out of shape. */
const isUri = (text: string): boolean => parseUri(text).ok

/** URI of the first Contact; `undefined` where there is none that can be read. */
const contactOf = (message: Message): string | undefined => {
  const contacts = parseAddressList(fieldValue(message, 'Contact') ?? '')
  const uri = contacts.ok ? contacts.value[0]?.uri : undefined
  return uri !== undefined && isUri(uri) ? uri : undefined
}

const isRoute = (value: string): boolean => {
  const address = parseNameAddr(value)
  return address.ok && isUri(address.value.uri)
}

/** Each Record-Route value as it stood, one an entry; those that name no URI lead nowhere and are left out. */
const recordRoutes = (message: Message): readonly string[] =>
  fieldsNamed(message, 'Record-Route').flatMap(({ value }) => splitCommas(value).filter(isRoute))

const withTag = (value: string, tag: string): string => (tag === '' ? value : `${value};tag=${tag}`)

/** The dialog that a response of 101 to 299 makes, at the client (§12.1.2). */
export const dialogOfClient = (request: Request, response: Response): Result<Dialog> => {
  const cseq = cseqOf(request)
  if (!cseq.ok) return cseq
  return ok({
    role: 'uac',
    phase: response.status < 200 ? 'early' : 'confirmed',
    callId: fieldValue(request, 'Call-ID') ?? '',
    localTag: fromTag(request),
    remoteTag: toTag(response),
    local: fieldValue(request, 'From') ?? '',
    remote: fieldValue(response, 'To') ?? '',
    localSeq: cseq.value.seq,
    remoteSeq: undefined,
    // A peer that gives no Contact must still be acknowledged and hung up: what is known of it is the Request-URI.
    remoteTarget: contactOf(response) ?? request.requestUri,
    routeSet: recordRoutes(response).toReversed(),
  })
}

/** The dialog that our response of 101 to 299 makes, at the server (§12.1.1). `tag` is the one in its To. */
export const dialogOfServer = (request: Request, status: number, tag: string): Result<Dialog> => {
  const cseq = cseqOf(request)
  if (!cseq.ok) return cseq
  const from = parseNameAddr(fieldValue(request, 'From') ?? '')
  if (!from.ok) return from
  const fallback = parseUri(from.value.uri)
  if (!fallback.ok) return fallback
  return ok({
    role: 'uas',
    phase: status < 200 ? 'early' : 'confirmed',
    callId: fieldValue(request, 'Call-ID') ?? '',
    localTag: tag,
    remoteTag: fromTag(request),
    local: withTag(fieldValue(request, 'To') ?? '', tag),
    remote: fieldValue(request, 'From') ?? '',
    localSeq: undefined,
    remoteSeq: cseq.value.seq,
    remoteTarget: contactOf(request) ?? from.value.uri,
    routeSet: recordRoutes(request),
  })
}

/** The 2xx to the INVITE that made it: confirmed, and its route set taken anew (§13.2.2.4). */
export const confirmed = (dialog: Dialog, response: Response): Dialog => {
  const routeSet = dialog.phase === 'early' ? recordRoutes(response).toReversed() : dialog.routeSet
  return refreshed({ ...dialog, phase: 'confirmed', routeSet }, response)
}

/** A target refresh request, or the 2xx to ours, gives the remote target (§12.2.1.2, §12.2.2); never the route set. */
export const refreshed = (dialog: Dialog, message: Message): Dialog => {
  const contact = contactOf(message)
  return contact === undefined ? dialog : { ...dialog, remoteTarget: contact }
}

/** A request of the peer in the dialog: `undefined` where its CSeq is lower than one before (§12.2.2: answer 500). */
export const received = (dialog: Dialog, request: Request): Dialog | undefined => {
  const cseq = cseqOf(request)
  if (!cseq.ok || (dialog.remoteSeq !== undefined && cseq.value.seq < dialog.remoteSeq)) return undefined
  return { ...dialog, remoteSeq: cseq.value.seq }
}

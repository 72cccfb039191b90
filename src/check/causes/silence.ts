import { showEndpoint } from '../../core/frame.ts'
import { type Message, type Request, fieldValue } from '../../sip/message.ts'
import { viasOf } from '../../sip/fields/via.ts'
import { isSipUri, param, parseUri } from '../../sip/uri.ts'
import { isIpLiteral } from '../../core/address.ts'
import { urisIn } from '../../observation/dialogs.ts'
import type { NetworkError, Seen, Transaction } from '../../observation/trace.ts'
import { finalOf, serverOf, showSilence, showStatus } from '../exchange.ts'
import { reachOf, showReach } from '../reach.ts'
import { astrayOf, errorsFor, hasRung } from './attempts.ts'
import { unacknowledged, unansweredBye, unansweredInDialog } from './drops.ts'
import type { Scene, Shown } from './scene.ts'
import { refusalsOf } from './ways.ts'

const copiesOf = (seen: Seen): readonly number[] => [seen.frame, ...seen.copies]

/** The request that got no answer, where that is how the set-up failed. */
const unanswered = ({ failure }: Scene): Transaction | undefined =>
  failure?.kind === 'unanswered' ? failure.transaction : undefined

const isClosed = ({ text }: NetworkError): boolean => text === 'port unreachable'

/** Nothing came at all, or a server says that from further on nothing came. */
export const noResponse = (scene: Scene): Shown | undefined => {
  const { failure } = scene
  if (failure === undefined) return undefined
  const { transaction } = failure
  if (failure.kind === 'unanswered') {
    const [error] = errorsFor(scene.trace, transaction.request)
    // Somebody did respond: that nobody listens.
    if (error !== undefined && isClosed(error)) return undefined
    return {
      atFault: 'undecided',
      frames: [...copiesOf(transaction.request), ...(error === undefined ? [] : [error.frame])],
      why: [showSilence(transaction.request, scene.trace), ...(error === undefined ? [] : [error.text])].join('; '),
    }
  }
  const { answer } = failure
  if (![408, 504].includes(answer.response.status) || hasRung(transaction)) return undefined
  const why = `${showStatus(answer.response)}: the server behind it did not answer`
  return { atFault: serverOf(transaction), frames: [transaction.request.frame, answer.seen.frame], why }
}

/** ICMP says that nobody listens where the messages or packets go. */
export const portClosed = (scene: Scene): Shown | undefined => {
  const { media, trace, ways } = scene
  const transaction = unanswered(scene)
  const errors = transaction === undefined ? [] : errorsFor(trace, transaction.request).filter(isClosed)
  const [error] = errors
  if (transaction !== undefined && error !== undefined)
    return {
      atFault: serverOf(transaction),
      frames: [transaction.request.frame, ...errors.map(({ frame }) => frame)],
      why: `${error.text} for ${showEndpoint(transaction.request.destination)}`,
    }
  const hangUp = media.talk?.hangUp
  for (const { unheard, sender } of ways)
    for (const stream of unheard) {
      const refused = refusalsOf(stream, trace, hangUp)
      if (!refused.some(isClosed)) continue
      const frames = refused.map(({ frame }) => frame)
      return {
        atFault: sender === 'pbx' ? 'trunk' : 'pbx',
        frames: [stream.firstFrame, ...frames],
        why: `the media port ${showEndpoint(stream.destination)} was closed: ${frames.length} ICMP errors`,
      }
    }
  return undefined
}

/** What fits an Ethernet frame: 1500 octets less those of IPv4 and UDP. */
const unfragmented = 1472

/** What of this scene was sent again and again. */
const repeated = (scene: Scene): Seen | undefined =>
  unanswered(scene)?.request ??
  (scene.call &&
    (unacknowledged(scene.call, scene.trace)?.answer.seen ?? unansweredBye(scene.call, scene.trace)?.request))

/** A message that must have been fragmented is the one that gets no reply, where smaller ones do. */
export const fragmentsLost = (scene: Scene): Shown | undefined => {
  const seen = repeated(scene)
  if (seen?.transport !== 'udp' || seen.wire.length <= unfragmented) return undefined
  const isHeard = scene.trace.messages.some(
    (other) => other.destination.address === seen.source.address && other.source.address === seen.destination.address,
  )
  return {
    atFault: 'network',
    frames: copiesOf(seen),
    why: `${seen.wire.length} bytes over UDP, more than a frame holds, got no reply${isHeard ? ', while smaller messages did' : ''}`,
    ...(isHeard ? {} : { guess: true }),
  }
}

const topVia = (message: Message) => {
  const vias = viasOf(message)
  return vias.ok ? vias.value[0] : undefined
}

const lacksRport = (request: Request): boolean => {
  const via = topVia(request)
  return via !== undefined && param(via.params, 'rport') === undefined
}

/** Responses go to another port than the request came from, or would (RFC 3261 §18.2.2). */
export const noRport = (scene: Scene): Shown | undefined => {
  const { failure } = scene
  const lost = failure && astrayOf(failure.transaction) !== undefined ? failure.transaction : unanswered(scene)
  const transaction = lost ?? (scene.call && unacknowledged(scene.call, scene.trace)?.transaction)
  if (transaction?.request.transport !== 'udp') return undefined
  const { request, responses } = transaction
  const message = request.message()
  const via = topVia(message)
  if (via === undefined || !lacksRport(message)) return undefined
  const port = via.port ?? 5060
  const astray = responses.find(({ destination }) => destination.port !== request.source.port)
  const frames = [request.frame, ...(astray === undefined ? [] : [astray.frame])]
  const from = showEndpoint(request.source)
  if (astray !== undefined || port !== request.source.port) {
    const why = `no rport in the Via, so responses go to port ${port}, not back to ${from}`
    return { atFault: transaction.client, frames, why }
  }
  const isBehindNat =
    reachOf(request.source.address, scene.contract) < reachOf(request.destination.address, scene.contract)
  if (!isBehindNat || responses.length > 0) return undefined
  const why = `no rport in the Via of a request from the private address ${from}`
  return { atFault: transaction.client, frames, why, guess: true }
}

const hostIn = (uri: string): string | undefined => {
  const parsed = parseUri(uri)
  return parsed.ok && isSipUri(parsed.value) ? parsed.value.host : undefined
}

/** Where the peer must send what then did not come: the Contact of an INVITE or of its 2xx, and no proxy that recorded itself. */
export const contactPrivate = (scene: Scene): Shown | undefined => {
  const { call, trace, contract } = scene
  if (call === undefined) return undefined
  const lost = unacknowledged(call, trace)
  const request = unansweredBye(call, trace) ?? unansweredInDialog(call, trace)
  const isOfPeer = ({ sender }: Seen): boolean =>
    // The ACK was due to the Contact of the 2xx; other requests to that of the peer.
    lost === undefined ? request !== undefined && sender !== request.client : sender === lost.answer.seen.sender
  if (lost === undefined && request === undefined) return undefined
  const said = call.transactions
    .filter(({ method }) => method === 'INVITE')
    .flatMap((one) => [one.request, finalOf(one)?.seen ?? []].flat())
    .filter(isOfPeer)
  for (const seen of said) {
    const message = seen.message()
    const host = hostIn(urisIn(message, 'Contact')[0] ?? '')
    if (host === undefined || !isIpLiteral(host) || fieldValue(message, 'Record-Route') !== undefined) continue
    const [given, wanted] = [reachOf(host, contract), reachOf(seen.destination.address, contract)]
    if (given >= wanted) continue
    const what = lost === undefined ? (request?.method ?? '') : 'ACK'
    return {
      atFault: seen.sender,
      frames: [seen.frame, ...(lost?.answer.seen.copies ?? request?.requestCopies ?? [])],
      why: `the Contact has the ${showReach(given)} address ${host}, where the ${what} of ${seen.destination.address} cannot go`,
    }
  }
  return undefined
}

import { isIpLiteral } from '../../core/address.ts'
import { type Message, fieldValue } from '../../sip/message.ts'
import { viasOf } from '../../sip/fields/via.ts'
import { isSipUri, parseUri } from '../../sip/uri.ts'
import { urisIn } from '../../observation/dialogs.ts'
import type { Seen } from '../../observation/trace.ts'
import { finalOf } from '../exchange.ts'
import { reachOf } from '../reach.ts'
import type { Scene, Shown } from './scene.ts'

const bodyLengthOf = (seen: Seen): number => {
  const text = Buffer.from(seen.wire.buffer, seen.wire.byteOffset, seen.wire.byteLength)
  return seen.wire.length - text.indexOf('\r\n\r\n') - 4
}

/** Bytes behind the body that are no part of it, as line ends and zeros that some senders add: nothing is cut. */
const isPadding = (seen: Seen, length: number): boolean =>
  seen.wire.subarray(seen.wire.length - bodyLengthOf(seen) + length).every((byte) => [0, 9, 10, 13, 32].includes(byte))

const declared = (message: Message): number | undefined => {
  const value = fieldValue(message, 'Content-Length')
  return value === undefined ? undefined : Number(value)
}

/** More or fewer bytes follow than Content-Length says: the message is cut or refused (RFC 3261 §18.3). */
export const contentLengthWrong = (scene: Scene): Shown | undefined => {
  const { call, trace, attempts } = scene
  const first = attempts[0]?.request
  const last = call?.transactions.at(-1)?.request.frame ?? attempts.at(-1)?.request.frame ?? 0
  const own = (call?.transactions ?? attempts).flatMap(({ request, responses }) => [request, ...responses])
  const cut = own.find((seen) => {
    const length = seen.transport === 'udp' ? declared(seen.message()) : undefined
    if (length === undefined || length === bodyLengthOf(seen)) return false
    return length > bodyLengthOf(seen) || !isPadding(seen, length)
  })
  if (cut !== undefined) {
    const why = `Content-Length says ${declared(cut.message()) ?? ''}, and ${bodyLengthOf(cut)} bytes follow`
    return { atFault: cut.sender, frames: [cut.frame, ...cut.copies], why }
  }
  const unread = trace.malformed.filter(
    ({ frame, fault }) =>
      fault.rule.startsWith('content-length.') && first !== undefined && frame > first.frame && frame < last + farther,
  )
  const [one] = unread
  if (one === undefined) return undefined
  return { atFault: one.sender, frames: unread.map(({ frame }) => frame), why: `Content-Length: ${one.fault.saw}` }
}

/** Frames behind the last request in which a response to it may be that cannot be read. */
const farther = 1000

const hostsIn = (message: Message): { readonly via: string | undefined; readonly contact: string | undefined } => {
  const vias = viasOf(message)
  const uri = parseUri(urisIn(message, 'Contact')[0] ?? '')
  return {
    via: vias.ok ? vias.value.at(-1)?.host : undefined,
    contact: uri.ok && isSipUri(uri.value) ? uri.value.host : undefined,
  }
}

/** The addresses of one message disagree in reach: something on the way changed some of them and left others. */
const halfRewritten = (scene: Scene, seen: Seen): string | undefined => {
  const message = seen.message()
  if (message.kind !== 'request') return undefined
  const { via, contact } = hostsIn(message)
  if (via === undefined || contact === undefined || !isIpLiteral(via) || !isIpLiteral(contact)) return undefined
  const [ofVia, ofContact] = [reachOf(via, scene.contract), reachOf(contact, scene.contract)]
  if (ofVia <= ofContact || contact === via) return undefined
  return `the Via has ${via}, the Contact still ${contact}`
}

/** Fields came back changed, or were changed in part: an application-level gateway. */
export const algRewriting = (scene: Scene): Shown | undefined => {
  const [finding] = [...scene.found('via-echoed'), ...scene.found('to-echoed')]
  if (finding !== undefined) {
    const why = `${finding.actual ?? ''}, where ${finding.expected ?? ''} was sent`
    return { atFault: 'network', frames: finding.frames, why }
  }
  for (const transaction of scene.attempts) {
    const why = halfRewritten(scene, transaction.request)
    const answer = finalOf(transaction)
    if (why === undefined) continue
    const frames = [transaction.request.frame, ...(answer === undefined ? [] : [answer.seen.frame])]
    return { atFault: 'network', frames, why, guess: true }
  }
  return undefined
}

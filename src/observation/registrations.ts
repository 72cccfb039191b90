import { parseAddressList, parseNameAddr } from '../sip/fields/address.ts'
import { type Message, type Request, fieldValue } from '../sip/message.ts'
import { param } from '../sip/uri.ts'
import type { Registration, Transaction } from './trace.ts'

type Open = { -readonly [K in keyof Registration]: Registration[K] } & {
  readonly refreshedMs: number[]
  readonly frames: number[]
  grantedMs: number
}

const uriIn = (text: string | undefined): string | undefined => {
  const address = parseNameAddr(text ?? '')
  return address.ok ? address.value.uri : undefined
}

const seconds = (text: string | true | undefined): number | undefined =>
  typeof text === 'string' && /^[0-9]{1,9}$/.test(text.trim()) ? Number(text) : undefined

/** What a message says of how long a contact is to hold: its parameter, else the Expires field (RFC 3261 §10.2.1.1). */
const expiresIn = (message: Message, contact: string | undefined): number | undefined => {
  const value = fieldValue(message, 'Contact')
  const list = parseAddressList(value ?? '')
  const own = list.ok ? (list.value.find(({ uri }) => uri === contact) ?? list.value[0]) : undefined
  return (own && seconds(param(own.params, 'expires'))) ?? seconds(fieldValue(message, 'Expires'))
}

const contactIn = (request: Request): string | undefined => {
  const value = fieldValue(request, 'Contact')
  return value?.trim() === '*' ? '*' : uriIn(value?.slice(0, 1024))
}

/** Of one transaction, with its copies. */
const maxFrames = 1000

const framesOf = ({ request, requestCopies, responses }: Transaction): readonly number[] => [
  request.frame,
  ...requestCopies,
  ...responses.map(({ frame }) => frame),
]

/** What the final response does to a registration. A challenge leaves it open: the retry tells. */
const conclude = (open: Open, transaction: Transaction, request: Request): void => {
  const finals = transaction.responses.map((seen) => ({ seen, message: seen.message() }))
  const final = finals.find(({ message }) => message.status >= 200)
  if (final === undefined) {
    if (open.state !== 'registered') open.state = 'unanswered'
    return
  }
  const { status } = final.message
  open.status = status
  if (status >= 300) {
    // A registration that holds is only asked for its credentials.
    if (open.state !== 'registered' || (status !== 401 && status !== 407)) open.state = 'refused'
    return
  }
  const asked = expiresIn(request, open.contact)
  if (asked === 0) {
    open.state = 'removed'
    return
  }
  open.state = 'registered'
  open.expiresS = expiresIn(final.message, open.contact) ?? asked
  open.grantedMs = final.seen.timeMs
  open.refreshedMs.push(final.seen.timeMs)
}

/** More than a refresh may be late before it is missed. */
const graceMs = 1000

/** Registrations by their REGISTER transactions; `endMs` is the time of the last frame. */
export const registrationsOf = (transactions: readonly Transaction[], endMs: number): readonly Registration[] => {
  const known = new Map<string, Open>()
  for (const transaction of transactions) {
    if (transaction.method !== 'REGISTER') continue
    const request = transaction.request.message()
    const aor = uriIn(fieldValue(request, 'To')) ?? ''
    const contact = contactIn(request)
    const key = `${transaction.hop} ${transaction.client} ${request.requestUri} ${aor}`
    const open: Open = known.get(key) ?? {
      hop: transaction.hop,
      sender: transaction.client,
      aor,
      contact,
      registrar: request.requestUri,
      state: 'unanswered',
      expiresS: undefined,
      status: undefined,
      refreshedMs: [],
      frames: [],
      grantedMs: 0,
    }
    known.set(key, open)
    if (contact !== undefined && contact !== '*') open.contact = contact
    open.frames.push(...framesOf(transaction).slice(0, maxFrames))
    conclude(open, transaction, request)
  }
  return [...known.values()].map(({ grantedMs, ...registration }) => {
    const isOver = endMs > grantedMs + (registration.expiresS ?? Infinity) * 1000 + graceMs
    return registration.state === 'registered' && isOver ? { ...registration, state: 'expired' as const } : registration
  })
}

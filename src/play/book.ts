import type { FieldDraft, Message, Request } from '../sip/message.ts'
import { fieldsNamed } from '../sip/message.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import { serializeSdp } from '../sdp/description.ts'
import { type PlayedCall, isRefresh } from './call.ts'

type Unasked = { readonly tx: string; readonly message: Message }

/** RFC 3261 §10.3 step 8: a registrar's answer lists the bindings; ours keeps what it was told for an hour at most. */
const bindings = (message: Message): readonly FieldDraft[] =>
  fieldsNamed(message, 'Contact').map(({ value }) => ['Contact', value] as const)

/** What a user agent owes to a request that no ladder step speaks of. */
const owed = (message: Message): { readonly status: number; readonly fields: readonly FieldDraft[] } => {
  if (message.kind !== 'request') return { status: 200, fields: [] }
  switch (message.method) {
    case 'BYE':
    case 'OPTIONS':
    case 'INFO':
      return { status: 200, fields: [] }
    case 'REGISTER':
      return { status: 200, fields: bindings(message) }
    case 'INVITE':
      return { status: 480, fields: [] } // we place and take no further call
    case 'NOTIFY':
      return { status: 481, fields: [] } // RFC 6665 §4.1.3: no such subscription
    default:
      return { status: 405, fields: [['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS']] }
  }
}

/** A call of the ladder, and how an offer in it is answered. */
type InCall = {
  readonly call: PlayedCall
  readonly answer: (request: Request) => Uint8Array | undefined
}

/** The description for a re-INVITE in a call that is up: the one that holds, or our answer to an offer that is new. */
const described = ({ call, answer }: InCall, request: Request): Uint8Array | undefined =>
  call.local !== undefined && (request.body.length === 0 || isRefresh(call, request))
    ? serializeSdp(call.local)
    : answer(request)

/** Answers a request by the book; `status` from a `meanwhile` rule goes first. */
export const answerByTheBook = (
  ua: UserAgent,
  { tx, message }: Unasked,
  status: number | undefined,
  why: string,
  inCall: InCall | undefined,
): void => {
  const book = owed(message)
  const cause = message.kind === 'request' ? `${why}: ${message.method}` : why
  if (message.kind !== 'request' || message.method !== 'INVITE' || inCall?.call.local === undefined) {
    ua.respond(tx, status ?? book.status, { cause, fields: book.fields })
    return
  }
  const body = described(inCall, message)
  if (body === undefined) ua.respond(tx, 488, { cause })
  else ua.respond(tx, status ?? 200, { cause, body, contentType: 'application/sdp' })
}

import type { FieldDraft, Message } from '../sip/message.ts'
import { fieldsNamed } from '../sip/message.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import { serializeSdp } from '../sdp/description.ts'
import type { PlayedCall } from './call.ts'

type Unasked = { readonly tx: string; readonly call: string; readonly message: Message }

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

/**
 * Answers a request by the book; `status` from a `meanwhile` rule goes first. A re-INVITE in a call that is up gets the
 * description that holds.
 */
export const answerByTheBook = (
  ua: UserAgent,
  unasked: Unasked,
  status: number | undefined,
  why: string,
  call: PlayedCall | undefined,
): void => {
  const book = owed(unasked.message)
  const cause = unasked.message.kind === 'request' ? `${why}: ${unasked.message.method}` : why
  const refresh = unasked.message.kind === 'request' && unasked.message.method === 'INVITE' && call?.local !== undefined
  const body =
    refresh && call.local !== undefined ? { body: serializeSdp(call.local), contentType: 'application/sdp' } : {}
  ua.respond(unasked.tx, status ?? (refresh ? 200 : book.status), { cause, fields: book.fields, ...body })
}

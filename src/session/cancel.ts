import type { InviteClient } from '../transaction/invite-client.ts'
import { type FieldDraft, type Request, fieldValue, fieldsNamed } from '../sip/message.ts'

const copied = (request: Request, name: string): readonly FieldDraft[] =>
  fieldsNamed(request, name).map(({ value }): FieldDraft => [name, value])

/** Fields of the CANCEL of a request: its single top Via, Route, From, To, Call-ID and CSeq number (RFC 3261 §9.1). */
export const cancelFields = (request: Request): readonly FieldDraft[] => [
  ...copied(request, 'Via').slice(0, 1),
  ...copied(request, 'Route'),
  ['Max-Forwards', '70'],
  ...copied(request, 'From'),
  ...copied(request, 'To'),
  ...copied(request, 'Call-ID'),
  ['CSeq', `${(fieldValue(request, 'CSeq') ?? '').split(' ')[0] ?? ''} CANCEL`],
]

/** §9.1: nothing goes out before a provisional response, and nothing after a final one. */
export const cancelMoment = (invite: InviteClient['phase']): 'wait' | 'now' | 'never' => {
  if (invite === 'calling') return 'wait'
  return invite === 'proceeding' ? 'now' : 'never'
}

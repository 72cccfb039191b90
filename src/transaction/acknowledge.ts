import { buildRequest } from '../sip/serialize.ts'
import { type FieldDraft, type Request, type Response, fieldValue, fieldsNamed } from '../sip/message.ts'

const copied = (message: Request | Response, name: string): readonly FieldDraft[] =>
  fieldsNamed(message, name)
    .slice(0, 1)
    .map(({ value }) => [name, value])

/** `5 INVITE` -> `5 ACK`. */
const ackSequence = (request: Request): string => `${(fieldValue(request, 'CSeq') ?? '').split(' ')[0] ?? ''} ACK`

/** The ACK to a final response of 300 to 699 (RFC 3261 §17.1.1.3): the INVITE's own branch and Route, the response's To. */
export const acknowledge = (invite: Request, response: Response): Request =>
  buildRequest({
    method: 'ACK',
    requestUri: invite.requestUri,
    fields: [
      ...copied(invite, 'Via'),
      ...fieldsNamed(invite, 'Route').map(({ value }): FieldDraft => ['Route', value]),
      ['Max-Forwards', '70'],
      ...copied(invite, 'From'),
      ...copied(response, 'To'),
      ...copied(invite, 'Call-ID'),
      ['CSeq', ackSequence(invite)],
    ],
  })

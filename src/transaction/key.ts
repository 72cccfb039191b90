import { type Result, ok } from '../core/result.ts'
import { cseqOf } from '../sip/fields/cseq.ts'
import { type Via, viasOf } from '../sip/fields/via.ts'
import { type Request, type Response, fieldValue } from '../sip/message.ts'
import { param } from '../sip/uri.ts'
import { tagIn } from '../sip/tags.ts'

const cookie = 'z9hg4bk'

/** Parameter values compare without case unless a field says otherwise (RFC 3261 §7.3.1). */
const branchOf = (via: Via | undefined): string => {
  const branch = via === undefined ? undefined : param(via.params, 'branch')
  return typeof branch === 'string' ? branch.toLowerCase() : ''
}

/** Host and port, for comparison. */
export const sentBy = ({ host, port }: { readonly host: string; readonly port?: number }): string =>
  `${host.toLowerCase()}:${port ?? 5060}`

/** Which client transaction a response, or our own request, belongs to: branch and CSeq method (RFC 3261 §17.1.3). */
export const clientKey = (message: Request | Response): Result<string> => {
  const vias = viasOf(message)
  if (!vias.ok) return vias
  const cseq = cseqOf(message)
  if (!cseq.ok) return cseq
  return ok(`${branchOf(vias.value[0])} ${cseq.value.method}`)
}

const fromTag = (request: Request): string => tagIn(request, 'From') ?? ''

/**
 * Which server transaction a request belongs to (RFC 3261 §17.2.3). An ACK has its INVITE's key; `as` asks for the key of
 * another method, as a CANCEL does for its INVITE (§9.2).
 */
export const serverKey = (request: Request, as: string = request.method): Result<string> => {
  const vias = viasOf(request)
  if (!vias.ok) return vias
  const cseq = cseqOf(request)
  if (!cseq.ok) return cseq
  const via = vias.value[0]
  const method = as === 'ACK' ? 'INVITE' : as
  const branch = branchOf(via)
  if (via !== undefined && branch.startsWith(cookie)) return ok([branch, sentBy(via), method].join(' '))
  // Of RFC 2543: all that it names, but for the To tag, which an ACK has and its INVITE lacks.
  const top = fieldValue(request, 'Via') ?? ''
  const callId = fieldValue(request, 'Call-ID') ?? ''
  return ok(JSON.stringify([request.requestUri, fromTag(request), callId, cseq.value.seq, top, method]))
}

/** What makes a request that took two ways the same one (RFC 3261 §8.2.2.2). */
export const mergeKey = (request: Request): string =>
  JSON.stringify([fromTag(request), fieldValue(request, 'Call-ID'), fieldValue(request, 'CSeq')])

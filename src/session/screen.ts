import { tokensOf } from '../sip/fields/tokens.ts'
import type { FieldDraft, Request } from '../sip/message.ts'

/** What stands around a request when it arrives. */
export type Surroundings = {
  readonly allow: readonly string[]
  /** Whether it names a dialog (it has a To tag), and whether we have that dialog. */
  readonly dialog: 'none' | 'unknown' | 'known'
  /** The same request came on another way and is being handled (RFC 3261 §8.2.2.2). */
  readonly merged: boolean
  /** Its CSeq is lower than one that the dialog has seen. */
  readonly late: boolean
  /** For an INVITE in a dialog: one of theirs that we have not answered, or one of ours that they have not. */
  readonly pendingInvite: 'none' | 'theirs' | 'ours'
  /** It asks for a dialog, and lacks what one is made of. */
  readonly unreadable: boolean
}

export type Refusal = { readonly status: number; readonly fields: readonly FieldDraft[] }

const refusal = (status: number, ...fields: readonly FieldDraft[]): Refusal => ({ status, fields })

/** Seconds after which an INVITE that came too early may come again; §14.2 wants it random from 0 to 10. */
const retryAfter = '1'

/** How a user agent server refuses a request before its user hears of it (RFC 3261 §8.2, §12.2.2, §14.2, §21.5.6). */
export const refusalOf = (request: Request, around: Surroundings): Refusal | undefined => {
  const { allow, dialog, merged, late, pendingInvite, unreadable } = around
  if (request.version.toUpperCase() !== 'SIP/2.0') return refusal(505)
  if (!allow.includes(request.method)) return refusal(405, ['Allow', allow.join(', ')])
  if (unreadable) return refusal(400)
  if (dialog === 'unknown') return refusal(481)
  if (merged && dialog === 'none') return refusal(482)
  // We support no extension.
  const unsupported = tokensOf(request, 'Require')
  if (unsupported.length > 0) return refusal(420, ['Unsupported', unsupported.join(', ')])
  if (late) return refusal(500)
  if (request.method !== 'INVITE' || pendingInvite === 'none') return undefined
  return pendingInvite === 'theirs' ? refusal(500, ['Retry-After', retryAfter]) : refusal(491)
}

import { type FieldDraft, type Request, fieldsNamed } from '../sip/message.ts'
import { type DialogRequest, requestInDialog } from '../dialog/request.ts'
import type { Dialog } from '../dialog/dialog.ts'

/**
 * The ACK to a 2xx: through the route set, with the INVITE's CSeq number (RFC 3261 §13.2.2.4) and its credentials
 * (§22.1), for a server cannot challenge it.
 */
export const acknowledgement = (dialog: Dialog, invite: Request, seq: number): DialogRequest => {
  const inDialog = requestInDialog(dialog, 'ACK', seq)
  const credentials = ['Authorization', 'Proxy-Authorization'].flatMap((name) =>
    fieldsNamed(invite, name).map(({ value }): FieldDraft => [name, value]),
  )
  return { ...inDialog, fields: [...inDialog.fields, ...credentials] }
}

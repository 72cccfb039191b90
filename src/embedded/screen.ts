import type { Request } from '../sip/message.ts'
import { fieldAt } from '../sip/view.ts'

/** INVITEs that a party will not have: those that have a field, or in which it holds a text, and the status that they get. */
export type Screen = { readonly path: string; readonly holds?: string; readonly status: number }

/** The status with which a request is refused by the first rule that it meets. */
export const screened = (request: Request, rules: readonly Screen[]): number | undefined =>
  rules.find(({ path, holds = '' }) => fieldAt(request, path)?.includes(holds) === true)?.status

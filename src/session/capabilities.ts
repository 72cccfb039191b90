import type { FieldDraft } from '../sip/message.ts'

/** What a 2xx to OPTIONS tells (RFC 3261 §11.2); Supported is empty, which says that there is no extension. */
export const capabilityFields = (allow: readonly string[]): readonly FieldDraft[] => [
  ['Allow', allow.join(', ')],
  ['Accept', 'application/sdp'],
  ['Supported', ''],
]

import type { StepOutcome } from '../core/outcome.ts'
import { type Credentials, verifyAuthorization } from '../sip/digest.ts'
import { parseAuthorization } from '../sip/fields/authorization.ts'
import { type Message, fieldsNamed } from '../sip/message.ts'

/**
 * Whether a request's digest is that of the configured credentials (RFC 7616 §3.4): the trunk that we play knows the
 * password, a trace does not. Nothing where the request has none, or none are configured.
 */
export const credentialFacts = (
  message: Message,
  credentials: Credentials | undefined,
): NonNullable<StepOutcome['facts']> | undefined => {
  if (message.kind !== 'request' || credentials === undefined) return undefined
  const fields = [...fieldsNamed(message, 'Authorization'), ...fieldsNamed(message, 'Proxy-Authorization')]
  if (fields.length === 0) return undefined
  const { username, password } = credentials
  const right = fields.some(({ value }) => {
    const auth = parseAuthorization(value)
    return (
      auth.ok &&
      auth.value.username === username &&
      verifyAuthorization(auth.value, { password, method: message.method })
    )
  })
  return { credentials: right ? 'right' : 'wrong' }
}

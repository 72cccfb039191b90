import { bindingsOf } from '../session/register.ts'
import { chooseChallenge } from '../sip/digest.ts'
import { challengesOf } from '../sip/fields/challenge.ts'
import { numberOf } from '../sip/fields/tokens.ts'
import type { Response } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'

/** The longest that is asked for. */
export const mostSeconds = 86_400

/** A 401 or 407: that credentials are wrong is known only where they could be shown. */
const ofChallenge = (response: Response): string => {
  const challenges = challengesOf(response).map(({ challenge }) => challenge)
  if (challenges.length === 0)
    return `look at the registrar: it brings no challenge that can be read, as a ${response.status} must (RFC 3261 §22.2)`
  if (chooseChallenge(challenges) !== undefined) return 'check credentials: in trunkproof.yaml'
  const asked = new Set(challenges.map(({ scheme, algorithm }) => `${scheme} ${algorithm ?? ''}`.trim()))
  const named = displayText([...asked].slice(0, 3).join(', '))
  return `look at the registrar: it asks for ${named}, and what is spoken here is Digest with MD5 or SHA-256`
}

/** RFC 3261 §21.3. */
const ofRedirection = (response: Response): string => {
  const contacts = bindingsOf(response)
  const uri = contacts.ok ? contacts.value[0]?.uri : undefined
  return uri === undefined
    ? 'look at the registrar: it says to register elsewhere, and not where'
    : `it says to register at ${displayText(uri)}: do so if you trust it`
}

/** RFC 3261 §10.2.8, §20.23: one that can be granted was asked for already. */
const ofBrief = (response: Response): string => {
  const least = numberOf(response, 'Min-Expires')
  return least.ok && least.value !== undefined && least.value > mostSeconds
    ? `look at the registrar: it grants no less than ${least.value} s, and ${mostSeconds} s is the most that is asked for`
    : 'try a longer time: it grants no time so short, and does not say which: --expires 3600, as an example'
}

/** What a registrar that does not register us may mean (RFC 3261 §10.3). */
export const registerAdvice = (response: Response): string | undefined => {
  const { status } = response
  if (status < 300) return 'check the registrar: its answer lists other contacts, and not ours'
  if (status < 400) return ofRedirection(response)
  if (status === 401 || status === 407) return ofChallenge(response)
  if (status === 403) return 'check credentials: in trunkproof.yaml'
  if (status === 404) return 'check the user: the registrar does not know it'
  if (status === 405 || status === 501) return 'nobody registers there: a trunk is called without it'
  if (status === 423) return ofBrief(response)
  return status >= 500 ? 'the registrar fails: look at its log' : undefined
}

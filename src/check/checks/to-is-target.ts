import type { Contract } from '../../profile/contract.ts'
import { displayText } from '../../sip/text.ts'
import { type SipUri, isSipUri, parseUri } from '../../sip/uri.ts'
import { fieldAt } from '../../sip/view.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { isDocumentedHost } from '../hosts.ts'

const sipUriOf = (text: string): SipUri | undefined => {
  const uri = parseUri(text)
  return uri.ok && isSipUri(uri.value) ? uri.value : undefined
}

/**
 * Whom both URIs name; how they are reached, as by port and transport, may stand in one of them alone. A Request-URI with a
 * host that is not the provider's is for another check to tell.
 */
const sameParty = (target: SipUri, to: SipUri, contract: Contract): boolean =>
  target.user === to.user &&
  (target.host.toLowerCase() === to.host.toLowerCase() || !isDocumentedHost(target.host, contract))

export default defineCheck({
  id: 'to-is-target',
  title: 'To of a call out names whom its Request-URI names',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §8.1.1.1',
  requirement: 'The initial Request-URI of a call to the trunk is the URI in To.',
  advice: 'Let the PBX write the number in the form of the provider, and its host, into To as into the Request-URI.',
  judges: ['pbx'],
  needsProfile: true,
  presupposes: ['number-format', 'dial-plan'],
  // RFC 3261 §8.1.1.1 has exceptions, as a route that is set; who documents an example with both holds to it.
  judge: ({ trace, contract }) =>
    'to-is-target' in contract.profile.requirements
      ? initialInvites(trace)
          .filter(({ client }) => client === 'pbx')
          .map(({ name, call, request }) => {
            const message = request.message()
            const text = fieldAt(message, 'To.uri') ?? ''
            const [target, to] = [sipUriOf(message.requestUri), sipUriOf(text)]
            const isSame = target !== undefined && to !== undefined && sameParty(target, to, contract)
            return {
              subject: name,
              call: call?.name,
              side: 'pbx',
              verdict: isSame ? 'pass' : 'fail',
              expected: `To of ${displayText(message.requestUri)}`,
              actual: `To of ${displayText(text)}`,
              frames: [request.frame],
            }
          })
      : [],
})

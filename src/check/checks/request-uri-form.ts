import type { Contract } from '../../profile/contract.ts'
import { shapeOf } from '../../profile/shape.ts'
import { displayText } from '../../sip/text.ts'
import { type SipUri, isSipUri, param, parseUri } from '../../sip/uri.ts'
import type { Transaction } from '../../observation/trace.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'

const sipUriOf = (text: string): SipUri | undefined => {
  const uri = parseUri(text)
  return uri.ok && isSipUri(uri.value) ? uri.value : undefined
}

/** The documented Request-URI; which number and host stand in it is for other checks. */
const exampleOf = ({ profile, domain }: Contract): SipUri | undefined => {
  const names = { callee: '0', callerId: '0', host: domain, edge: domain, pbx: domain, transport: 'udp', token: '0' }
  const shape = shapeOf(profile.termination, names)
  return shape.ok ? sipUriOf(shape.value.requestUri) : undefined
}

const namesOf = ({ params }: SipUri): readonly string[] => params.map(({ name }) => name.toLowerCase())

/** Documented examples are of UDP: what a URI says truly of another transport goes against none of them. */
const isOwnTransport = (uri: SipUri, name: string, transport: string): boolean => {
  const value = name === 'transport' ? param(uri.params, name) : undefined
  return transport !== 'udp' && typeof value === 'string' && value.toLowerCase() === transport
}

/** What a URI has otherwise than the example, in words. */
const departure = (uri: SipUri, example: SipUri, transport: string): string | undefined => {
  if (uri.scheme !== example.scheme) return `the scheme ${uri.scheme}`
  if (uri.user === undefined && example.user !== undefined) return 'no user part'
  if (uri.port !== example.port) return uri.port === undefined ? 'no port' : `the port ${uri.port}`
  if (uri.headers.length > example.headers.length) return 'header fields in the URI'
  const [own, documented] = [namesOf(uri), namesOf(example)]
  const added = own.find((name) => !documented.includes(name) && !isOwnTransport(uri, name, transport))
  if (added !== undefined) return `the parameter ${displayText(added)}`
  const missing = documented.find((name) => !own.includes(name))
  return missing === undefined ? undefined : `no parameter ${missing}`
}

const departureOf = ({ request }: Transaction, example: SipUri): string | undefined => {
  const uri = sipUriOf(request.message().requestUri)
  return uri === undefined ? 'not a SIP URI' : departure(uri, example, request.transport)
}

export default defineCheck({
  id: 'request-uri-form',
  title: 'The Request-URI of a call out has the form of the documented example',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §8.1.1.1',
  requirement:
    'Scheme, port and parameters of the Request-URI of a call to the trunk are as in the documented example.',
  advice: 'Call the number at the host name of the provider, without a port or parameters such as user=phone.',
  judges: ['pbx'],
  needsProfile: true,
  presupposes: ['request-uri-host'],
  // An example that no document gives as such binds nobody.
  judge: ({ trace, contract }) => {
    const example = 'request-uri-form' in contract.profile.requirements ? exampleOf(contract) : undefined
    if (example === undefined) return []
    return initialInvites(trace)
      .filter(({ client }) => client === 'pbx')
      .map((transaction) => {
        const { name, call, request } = transaction
        const departed = departureOf(transaction, example)
        return {
          subject: name,
          call: call?.name,
          side: 'pbx',
          verdict: departed === undefined ? 'pass' : 'fail',
          expected: `a Request-URI of the form ${contract.profile.termination.requestUri}`,
          actual: departed ?? 'of this form',
          frames: [request.frame],
        }
      })
  },
})

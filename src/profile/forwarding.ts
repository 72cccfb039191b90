import type { Transport } from '../core/frame.ts'
import { type Result, fault, ok } from '../core/result.ts'
import { isSipUri, param, parseUri } from '../sip/uri.ts'

/** Where a provider sends calls in, by the transport that carries them: SIP URIs in which `{number}` is the number called. */
export type Forwarding = Readonly<Partial<Record<Transport, string>>>

const placeholder = '{number}'
const transports = ['udp', 'tcp', 'tls'] as const

const refused = (why: string) => fault('forwarding.form', '3261 §19.1.1', why)

/** The transport of a forwarding URI, UDP where it names none; `saw` of the fault says what is wrong with it. */
export const forwardingTransport = (template: string): Result<(typeof transports)[number]> => {
  const uri = parseUri(expandForwarding(template, '0'))
  if (/[{}]/.test(expandForwarding(template, ''))) return refused('{number} is the only placeholder')
  if (!uri.ok || !isSipUri(uri.value)) return refused('it is no SIP URI')
  const { scheme, user = '', port, params } = uri.value
  if (scheme === 'sips') return refused('sips: is no documented form: sip: with ;transport=tls forwards over TLS')
  if (user === '') return refused('it has no user part, as {number}')
  if (port === 0) return refused('0 is no port')
  const named = String(param(params, 'transport') ?? 'udp').toLowerCase()
  const known = transports.find((transport) => transport === named)
  return known === undefined ? refused(`transport=${named}: one of ${transports.join(', ')}`) : ok(known)
}

/** A forwarding URI by its transport; none for one that is not spoken. */
export const forwardingOf = (template: string): Forwarding => {
  const transport = forwardingTransport(template)
  return transport.ok && transport.value !== 'tls' ? { [transport.value]: template } : {}
}

/** The Request-URI of a call to that number. */
export const expandForwarding = (template: string, number: string): string => template.replaceAll(placeholder, number)

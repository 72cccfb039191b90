import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { documentedHosts, isDocumentedHost } from '../hosts.ts'

export default defineCheck({
  id: 'request-uri-host',
  title: 'Calls go to the host name of the provider',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.1',
  requirement: 'The host of the Request-URI of a call to the trunk is the documented host name.',
  advice: 'Enter the host name of the provider as the SIP server or domain of the trunk, not an address.',
  judges: ['pbx'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, contract }) =>
    initialInvites(trace)
      .filter(({ client }) => client === 'pbx')
      .map((transaction) => {
        const host = fieldAt(transaction.request.message(), 'Request-URI.host')
        return {
          subject: transaction.name,
          call: transaction.call?.name,
          side: 'pbx',
          verdict: isDocumentedHost(host, contract) ? 'pass' : 'fail',
          expected: `the host ${documentedHosts(contract).join(' or ')}`,
          actual: host === undefined ? 'a Request-URI without a host' : `the host ${displayText(host)}`,
          frames: [transaction.request.frame],
        }
      }),
})

import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { documentedHosts, isDocumentedHost } from '../hosts.ts'

export default defineCheck({
  id: 'from-host',
  title: 'From names the host of the provider',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §8.1.1.3',
  requirement:
    'The host of From in a call to the trunk is the host name of the provider, as in its documented example.',
  advice: 'Set the From domain of the trunk to the host name of the provider.',
  judges: ['pbx'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, contract }) =>
    initialInvites(trace)
      .filter(({ client }) => client === 'pbx')
      .map((transaction) => {
        const host = fieldAt(transaction.request.message(), 'From.host')
        return {
          subject: transaction.name,
          call: transaction.call?.name,
          side: 'pbx',
          verdict: isDocumentedHost(host, contract) ? 'pass' : 'fail',
          expected: `the host ${documentedHosts(contract).join(' or ')} in From`,
          actual: host === undefined ? 'a From without a host' : `the host ${displayText(host)}`,
          frames: [transaction.request.frame],
        }
      }),
})

import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import type { Contract } from '../../profile/contract.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { documentedHosts, isDocumentedHost, otherPlatformOf } from '../hosts.ts'

type Said = Pick<Judgement, 'verdict' | 'actual'> & Partial<Pick<Judgement, 'strength' | 'advice'>>

const saidOf = (host: string | undefined, contract: Contract): Said => {
  if (host === undefined) return { verdict: 'fail', actual: 'a Request-URI without a host' }
  const actual = `the host ${displayText(host)}`
  if (isDocumentedHost(host, contract)) return { verdict: 'pass', actual }
  const other = otherPlatformOf(host, contract)
  if (other === undefined) return { verdict: 'fail', actual }
  // Which hosts a platform serves while regions move from one to the other is not documented.
  const { platform = 'another' } = contract.profile.signalling
  return {
    verdict: 'fail',
    strength: 'SHOULD',
    actual: `${actual}, which is of the ${other} platform; this trunk is on the ${platform} one`,
    advice: `Enter ${documentedHosts(contract).join(' or ')} as the host of the trunk, and the realm and addresses of the ${platform} platform; if the trunk is on the ${other} one, run with the profile of its region.`,
  }
}

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
      .map((transaction) => ({
        subject: transaction.name,
        call: transaction.call?.name,
        side: 'pbx',
        expected: `the host ${documentedHosts(contract).join(' or ')}`,
        ...saidOf(fieldAt(transaction.request.message(), 'Request-URI.host'), contract),
        frames: [transaction.request.frame],
      })),
})

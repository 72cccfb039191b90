import { inCidr, isIpLiteral } from '../../core/address.ts'
import { defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'

export default defineCheck({
  id: 'source-address',
  title: 'Calls in come from the documented addresses',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §18.2.1',
  requirement: 'The provider sends the INVITE of a call in from one of the addresses that it documents.',
  advice: 'Ask the provider for its list of addresses: a firewall that follows the documented one drops this call.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, sut, contract: { signallingAddresses: blocks } }) =>
    initialInvites(trace)
      .filter(({ client, request }) => client === 'trunk' && isIpLiteral(request.source.address))
      .flatMap(({ name, call, request }) =>
        // A provider that we play has no address but ours.
        blocks === undefined || sut === 'pbx'
          ? []
          : [
              {
                subject: name,
                call: call?.name,
                side: 'trunk',
                verdict: blocks.some((block) => inCidr(request.source.address, block)) ? 'pass' : 'fail',
                expected: `an address of ${blocks.join(', ')}`,
                actual: request.source.address,
                frames: [request.frame],
              },
            ],
      ),
})

import type { PortRange } from '../../profile/profile.ts'
import { type Used, usedByTrunk } from '../announced.ts'
import { type Judgement, defineCheck } from '../check.ts'

const judgement = (
  { subject, call, frames, endpoint: { port }, how }: Used,
  { first, last }: PortRange,
): Judgement => ({
  subject,
  call,
  side: 'trunk',
  verdict: port >= first && port <= last ? 'pass' : 'fail',
  expected: `a port from ${first} to ${last}`,
  actual: `port ${port} ${how}`,
  frames,
})

export default defineCheck({
  id: 'rtp-port-range',
  title: 'Media of the trunk uses the documented ports',
  subject: 'stream',
  strength: 'MUST',
  cite: '8866 §5.14',
  requirement: 'The media ports that the trunk announces, and those that it sends from, lie in the documented range.',
  advice: 'Open the documented port range on the firewall; ask the provider about media from any other port.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: [],
  judge: ({ trace, contract, sut }) => {
    const { mediaPorts } = contract
    // The ports of a trunk that we play are what the user gave us.
    return mediaPorts === undefined || sut === 'pbx'
      ? []
      : usedByTrunk(trace).map((used) => judgement(used, mediaPorts))
  },
})

import type { PortRange } from '../../profile/profile.ts'
import type { Trace } from '../../observation/trace.ts'
import { announcedBy } from '../announced.ts'
import { type Judgement, defineCheck } from '../check.ts'

type Used = Pick<Judgement, 'subject' | 'call' | 'frames'> & { readonly port: number; readonly how: string }

const portsOfTrunk = (trace: Trace): readonly Used[] => [
  ...announcedBy(trace, 'trunk').map(({ transaction, seen, endpoint }) => ({
    subject: transaction.name,
    call: transaction.call?.name,
    frames: [seen.frame],
    port: endpoint.port,
    how: 'in its description',
  })),
  ...trace.streams
    .filter(({ sender, call }) => sender === 'trunk' && call !== undefined)
    .map(({ name, call, firstFrame, source }) => ({
      subject: name,
      call: call?.name,
      frames: [firstFrame],
      port: source.port,
      how: 'as the source of its packets',
    })),
]

const judgement = ({ subject, call, frames, port, how }: Used, { first, last }: PortRange): Judgement => ({
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
      : portsOfTrunk(trace).map((used) => judgement(used, mediaPorts))
  },
})

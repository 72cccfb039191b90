import { inCidr, isIpLiteral } from '../../core/address.ts'
import type { Contract } from '../../profile/contract.ts'
import type { Trace } from '../../observation/trace.ts'
import { announcedBy } from '../announced.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { reachOf, showReach } from '../reach.ts'

type Used = Pick<Judgement, 'subject' | 'call' | 'frames'> & { readonly address: string; readonly how: string }

const addressesOfTrunk = (trace: Trace): readonly Used[] => [
  ...announcedBy(trace, 'trunk').map(({ transaction, seen, endpoint }) => ({
    subject: transaction.name,
    call: transaction.call?.name,
    frames: [seen.frame],
    address: endpoint.address,
    how: 'in its description',
  })),
  ...trace.streams
    .filter(({ sender, call }) => sender === 'trunk' && call !== undefined)
    .map(({ name, call, firstFrame, source }) => ({
      subject: name,
      call: call?.name,
      frames: [firstFrame],
      address: source.address,
      how: 'as the source of its packets',
    })),
]

const ofTrunk = (trace: Trace, blocks: readonly string[]): readonly Judgement[] =>
  addressesOfTrunk(trace)
    .filter(({ address }) => isIpLiteral(address))
    .map(({ subject, call, frames, address, how }) => ({
      subject,
      call,
      side: 'trunk',
      verdict: blocks.some((block) => inCidr(address, block)) ? 'pass' : 'fail',
      expected: `an address of ${blocks.join(', ')}`,
      actual: `${address} ${how}`,
      frames,
    }))

/** Packets come from farther than the announced address reaches: then the other side can still send back to their source. */
const isSymmetric = (trace: Trace, call: string | undefined, wanted: number, contract: Contract): boolean =>
  trace.streams.some(
    ({ sender, call: of, source }) =>
      sender === 'pbx' && of?.name === call && reachOf(source.address, contract) >= wanted,
  )

/** A private address behind a public source is the classic cause of one-way audio. */
const ofPbx = (trace: Trace, contract: Contract): readonly Judgement[] =>
  announcedBy(trace, 'pbx')
    .filter(({ endpoint }) => isIpLiteral(endpoint.address))
    .map(({ transaction, seen, endpoint }) => {
      const wanted = reachOf(seen.source.address, contract)
      const given = reachOf(endpoint.address, contract)
      const call = transaction.call?.name
      return {
        subject: transaction.name,
        call,
        side: 'pbx',
        verdict: given < wanted ? 'fail' : 'pass',
        expected: `a media address that is as ${showReach(wanted)} as the source of the message, ${seen.source.address}`,
        actual: `the ${showReach(given)} address ${endpoint.address}`,
        frames: [seen.frame],
        ...(isSymmetric(trace, call, wanted, contract) ? { strength: 'SHOULD' } : {}),
      } satisfies Judgement
    })

export default defineCheck({
  id: 'rtp-address',
  title: 'Media addresses are documented, and can be reached',
  subject: 'stream',
  strength: 'MUST',
  cite: '8866 §5.7',
  requirement:
    'The media addresses that a trunk announces and sends from are documented ones; a PBX announces one that reaches as far as its signalling.',
  advice: 'Allow the documented media addresses on the firewall; give the PBX its external address for media.',
  judges: ['trunk', 'pbx'],
  needsProfile: true,
  presupposes: [],
  // A trunk that we play has addresses of ours, not the provider's.
  judge: ({ trace, contract, sut }) => [
    ...(contract.mediaAddresses === undefined || sut === 'pbx' ? [] : ofTrunk(trace, contract.mediaAddresses)),
    ...ofPbx(trace, contract),
  ],
})

import { inCidr, isIpLiteral } from '../../core/address.ts'
import type { Contract } from '../../profile/contract.ts'
import type { Trace } from '../../observation/trace.ts'
import { announcedBy, usedByTrunk } from '../announced.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { reachOf, showReach } from '../reach.ts'

const ofTrunk = (trace: Trace, blocks: readonly string[]): readonly Judgement[] =>
  usedByTrunk(trace)
    .filter(({ endpoint }) => isIpLiteral(endpoint.address))
    .map(({ subject, call, frames, endpoint: { address }, how }) => ({
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

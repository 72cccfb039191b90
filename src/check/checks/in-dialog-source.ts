import { type Endpoint, showEndpoint } from '../../core/frame.ts'
import type { Seen, Transaction } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { allFrames, finalOf, initialInvites, isGivenUp, isGlare, showSilence, showStatus } from '../exchange.ts'

/**
 * Statuses that refuse a request for whence it comes, or because its call is not known from there. The others tell of what it
 * asks for.
 */
const forSource = new Set([401, 403, 404, 407, 408, 481, 604])

/** The port of a stream is that of its connection, which says nothing. */
const isElsewhere = ({ source, transport }: Seen, known: Endpoint): boolean =>
  source.address !== known.address || (transport === 'udp' && source.port !== known.port)

/** Where the trunk was when the call began. */
const knownOf = ({ call }: Transaction, { trace }: Evidence): Endpoint | undefined => {
  const began = initialInvites(trace).find((invite) => invite.call === call)
  return began?.client === 'trunk' ? began.request.source : began?.request.destination
}

const judgementsOf = (transaction: Transaction, evidence: Evidence): readonly Judgement[] => {
  const { name, call, method, request } = transaction
  const known = knownOf(transaction, evidence)
  if (call === undefined || known === undefined || !isElsewhere(request, known)) return []
  const expected = `${method} from ${showEndpoint(request.source)} is taken as those from ${showEndpoint(known)} are`
  const common = { subject: name, call: call.name, side: 'pbx' as const, expected }
  const final = finalOf(transaction)
  if (final === undefined)
    return [
      {
        ...common,
        verdict: isGivenUp(request, evidence.trace) ? 'fail' : 'inconclusive',
        actual: showSilence(request, evidence.trace),
        frames: allFrames(request),
      },
    ]
  const { status } = final.response
  if (status >= 300 && (!forSource.has(status) || isGlare(transaction))) return []
  const frames = [request.frame, final.seen.frame]
  return [{ ...common, verdict: status < 300 ? 'pass' : 'fail', actual: showStatus(final.response), frames }]
}

export default defineCheck({
  id: 'in-dialog-source',
  title: 'Requests within a call are taken from any address of the provider',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §12.2.2',
  requirement:
    'A request belongs to a call by its Call-ID and tags: one from another address of the provider than the call came from is not refused for that.',
  advice:
    'Allow every documented address of the provider on the firewall and at the trunk, for requests within calls too, and do not bind a call to the address or connection that it came from.',
  judges: ['pbx'],
  presupposes: ['sut-unreachable'],
  absence: true,
  judge: (evidence) =>
    evidence.trace.transactions
      .filter(({ client, inDialog, method }) => client === 'trunk' && inDialog && method !== 'CANCEL')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

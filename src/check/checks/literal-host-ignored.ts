import { isIpLiteral } from '../../core/address.ts'
import type { Transaction } from '../../observation/trace.ts'
import { fieldAt } from '../../sip/view.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { allFrames, answersTo, initialInvites, isHeardLater, showSilence, showStatus } from '../exchange.ts'

const judgementsOf = (transaction: Transaction, { trace, contract, sut }: Evidence): readonly Judgement[] => {
  // A trunk that we play answers as its ladder says.
  if (sut === 'pbx') return []
  const { name, call, request } = transaction
  const host = fieldAt(request.message(), 'Request-URI.host')
  const isIgnored = contract.profile.signalling.literalHosts === 'ignored' && !isIpLiteral(contract.domain)
  if (!isIgnored || host === undefined || !isIpLiteral(host)) return []
  const expected = `no answer to a call to the host ${host}`
  const common = { subject: name, call: call?.name, side: 'trunk' as const, expected }
  const [first] = answersTo(transaction)
  if (first !== undefined)
    return [
      { ...common, verdict: 'fail', actual: showStatus(first.response), frames: [request.frame, first.seen.frame] },
    ]
  return [
    {
      ...common,
      verdict: isHeardLater(request, 'trunk', trace) ? 'pass' : 'inconclusive',
      actual: showSilence(request, trace),
      frames: allFrames(request),
    },
  ]
}

export default defineCheck({
  id: 'literal-host-ignored',
  title: 'Calls to an address in place of the host name are not answered',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §8.2.2.1',
  requirement:
    'Where the provider documents it, a call whose Request-URI has an IP address as its host gets no response.',
  advice: 'The provider answers what it documents to ignore: do not rely on it, and enter its host name as the trunk.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: ['sut-unreachable'],
  absence: true,
  judge: (evidence) =>
    initialInvites(evidence.trace)
      .filter(({ client }) => client === 'pbx')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

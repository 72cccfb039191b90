import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import type { Contract } from '../../profile/contract.ts'
import { expandForwarding } from '../../profile/forwarding.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { initialInvites } from '../exchange.ts'
import { sameInAll } from '../uris.ts'

/** Numbers under which the PBX is called, with + and without: their form is for another check to judge. */
const didsOf = ({ numbers }: Contract): readonly string[] =>
  Object.entries(numbers).flatMap(([name, number]) => {
    const digits = number.replaceAll('+', '')
    return name.startsWith('did') ? [digits, `+${digits}`] : []
  })

const userOf = ({ request }: Transaction): string => fieldAt(request.message(), 'Request-URI.user') ?? ''

/** A call out that comes back has the number that was dialled then: another check compares the two. */
const comesBack = ({ trace, contract }: Evidence): boolean =>
  initialInvites(trace).some(
    (transaction) => transaction.client === 'pbx' && sameDigits(userOf(transaction), contract.numbers.loop),
  )

const sameDigits = (user: string, number: string | undefined): boolean =>
  user.replaceAll('+', '') === number?.replaceAll('+', '')

const judgementsOf = (transaction: Transaction, evidence: Evidence): readonly Judgement[] => {
  const { request } = transaction
  const { contract } = evidence
  const { transport } = request
  const template = transport === 'tls' ? undefined : contract.forwarding?.[transport]
  if (template === undefined) return []
  const { requestUri } = request.message()
  const numbers = comesBack(evidence) ? [userOf(transaction)] : didsOf(contract)
  const isForwarded = numbers.some((number) => sameInAll(requestUri, expandForwarding(template, number)))
  return [
    {
      subject: transaction.name,
      call: transaction.call?.name,
      side: 'trunk',
      verdict: isForwarded ? 'pass' : 'fail',
      expected: `${template}, {number} being the number that was called`,
      actual: displayText(requestUri),
      frames: [request.frame],
    },
  ]
}

export default defineCheck({
  id: 'forwarded-uri',
  title: 'Calls in go to the forwarding URI',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §8.1.1.1',
  requirement:
    'The Request-URI of a call in is the configured forwarding URI with its host, port and transport, {number} replaced by the number that was called.',
  advice: 'Compare the Request-URI with the forwarding URI that is set at the provider.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: [],
  judge: (evidence) =>
    initialInvites(evidence.trace)
      .filter(({ client }) => client === 'trunk')
      .flatMap((transaction) => judgementsOf(transaction, evidence)),
})

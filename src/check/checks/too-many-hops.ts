import { groupBy } from '../../core/group.ts'
import { numberOf } from '../../sip/fields/tokens.ts'
import type { Transaction } from '../../observation/trace.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import { type Answer, answersTo, finalOf, initialInvites, showStatus } from '../exchange.ts'

const hasNoHops = ({ request }: Transaction): boolean => {
  const hops = numberOf(request.message(), 'Max-Forwards')
  return hops.ok && hops.value === 0
}

/** It was passed on: somebody rings, answers, or is told to be busy or away by whom it reached. */
const isPassedOn = ({ response: { status } }: Answer): boolean =>
  (status > 100 && status < 300) || status === 486 || status === 600

const judgementOf = (attempts: readonly Transaction[]): readonly Judgement[] => {
  const last = attempts.at(-1)
  if (last === undefined) return []
  const { name, call, request } = last
  const common = { subject: name, call: call?.name, side: 'trunk' as const, expected: '483 Too Many Hops' }
  const answer = answersTo(last).find(isPassedOn) ?? finalOf(last)
  if (answer === undefined) return []
  const said = { ...common, actual: showStatus(answer.response), frames: [request.frame, answer.seen.frame] }
  if (answer.response.status === 483) return [{ ...said, verdict: 'pass' }]
  // Whatever else it is refused for may come first, and then nothing was passed on.
  return [{ ...said, verdict: isPassedOn(answer) ? 'fail' : 'info' }]
}

export default defineCheck({
  id: 'too-many-hops',
  title: 'A call that has no hop left is not passed on',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §16.3',
  requirement: 'An INVITE with Max-Forwards: 0 that a trunk would pass on to its callee is answered 483.',
  advice:
    'Let the trunk answer 483 Too Many Hops at Max-Forwards: 0, also where it begins a call of its own for each that comes (RFC 7332): nothing else ends a loop.',
  judges: ['trunk'],
  presupposes: ['sut-unreachable', 'auth-credentials'],
  judge: ({ trace, sut }: Evidence) => {
    // A trunk that we play answers as its ladder says.
    if (sut === 'pbx') return []
    const invites = initialInvites(trace).filter((invite) => invite.client === 'pbx' && hasNoHops(invite))
    return [...groupBy(invites, ({ call }) => call?.name)].flatMap(([, attempts]) => judgementOf(attempts))
  },
})

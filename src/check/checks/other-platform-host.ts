import { groupBy } from '../../core/group.ts'
import type { Transaction } from '../../observation/trace.ts'
import { displayText } from '../../sip/text.ts'
import { fieldAt } from '../../sip/view.ts'
import { type Evidence, type Judgement, defineCheck } from '../check.ts'
import {
  type Answer,
  allFrames,
  answersTo,
  finalOf,
  initialInvites,
  isHeardLater,
  showSilence,
  showStatus,
} from '../exchange.ts'
import { otherPlatformOf } from '../hosts.ts'

const hostOf = ({ request }: Transaction): string | undefined => fieldAt(request.message(), 'Request-URI.host')

const isChallenge = ({ response }: Answer): boolean => response.status === 401 || response.status === 407

/** The callee rings, or has answered. */
const isConnected = ({ response }: Answer): boolean => response.status > 100 && response.status < 300

const judgementOf = (attempts: readonly Transaction[], { trace, contract }: Evidence): readonly Judgement[] => {
  const last = attempts.at(-1)
  const host = last && hostOf(last)
  const platform = otherPlatformOf(host, contract)
  if (last === undefined || host === undefined || platform === undefined) return []
  const { name, call, request } = last
  const expected = `no call to ${displayText(host)}, a host of the ${platform} platform`
  const common = { subject: name, call: call?.name, side: 'trunk' as const, expected }
  const connected = answersTo(last).find(isConnected)
  const answer = connected ?? finalOf(last)
  if (answer === undefined)
    return [
      {
        ...common,
        verdict: isHeardLater(request, 'trunk', trace) ? 'pass' : 'inconclusive',
        actual: showSilence(request, trace),
        frames: allFrames(request),
      },
    ]
  const frames = [request.frame, answer.seen.frame]
  const actual = showStatus(answer.response)
  if (connected !== undefined) return [{ ...common, verdict: 'fail', actual, frames }]
  // Asked for credentials, and none were given: what becomes of the call is open.
  const isOpen = isChallenge(answer) && attempts.length === 1
  return [{ ...common, verdict: isOpen ? 'info' : 'pass', actual, frames }]
}

export default defineCheck({
  id: 'other-platform-host',
  title: 'Calls to a host of another platform of the provider are not connected',
  subject: 'transaction',
  strength: 'SHOULD',
  cite: '3261 §8.2.2.1',
  requirement:
    'Where a provider documents platforms with rules of their own, a trunk of one connects no call to a host of the other.',
  advice:
    'The trunk connects calls to a host that is documented for the other platform alone. Do not rely on it: enter the host of the own platform, and ask the provider which platform the trunk is on.',
  judges: ['trunk'],
  needsProfile: true,
  presupposes: ['sut-unreachable', 'auth-credentials'],
  absence: true,
  judge: (evidence) => {
    // A trunk that we play answers as its ladder says.
    if (evidence.sut === 'pbx') return []
    const invites = initialInvites(evidence.trace).filter(({ client }) => client === 'pbx')
    return [...groupBy(invites, ({ call }) => call?.name)].flatMap(([, attempts]) => judgementOf(attempts, evidence))
  },
})

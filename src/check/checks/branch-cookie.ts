import type { Side } from '../../core/finding.ts'
import { displayText } from '../../sip/text.ts'
import type { Seen, Trace, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { ackTo2xx, finalOf } from '../exchange.ts'
import { type RequestGroup, branchOf, requestGroups, requestsOf } from '../requests.ts'

/** As `branchOf` gives it. */
const cookie = 'z9hg4bk'

/** What is wrong with the branch of a request, and the frames that show it. */
type Wrong = { readonly what: string; readonly frames: readonly number[] }

const methodOf = (seen: Seen): string => {
  const message = seen.message()
  return message.kind === 'request' ? displayText(message.method) : ''
}

const shown = (seen: Seen): string => displayText(branchOf(seen.message()) ?? 'none')

const lacksCookie = (seen: Seen): Wrong | undefined => {
  if (branchOf(seen.message())?.startsWith(cookie) === true) return undefined
  return { what: `branch ${shown(seen)} in ${methodOf(seen)}`, frames: [seen.frame] }
}

/** §9.1, §17.1.1.3: CANCEL, and the ACK to what is no 2xx, have the branch of their INVITE. */
const strays = (transaction: Transaction): Wrong | undefined => {
  const { request, acks, call, client, method } = transaction
  const own = branchOf(request.message())
  const final = finalOf(transaction)
  const ack = final !== undefined && final.response.status >= 300 ? acks[0] : undefined
  if (ack !== undefined && branchOf(ack.message()) !== own)
    return {
      what: `branch ${shown(ack)} in the ACK, ${shown(request)} in its INVITE`,
      frames: [request.frame, ack.frame],
    }
  if (method !== 'CANCEL') return undefined
  const invites = (call?.transactions ?? []).filter(
    (other) => other.method === 'INVITE' && other.client === client && other.request.frame < request.frame,
  )
  const last = invites.at(-1)
  if (last === undefined || invites.some((other) => branchOf(other.request.message()) === own)) return undefined
  return {
    what: `branch ${shown(request)} in CANCEL, ${shown(last.request)} in its INVITE`,
    frames: [last.request.frame, request.frame],
  }
}

/**
 * Requests whose branch an earlier transaction of the same sender has. A stateless proxy may write one branch into all of
 * its ACKs to a 2xx, which nothing answers: two of them are never held against one another.
 */
const repeatsIn = (trace: Trace): ReadonlyMap<Transaction, Wrong> => {
  const first = new Map<string, { readonly seen: Seen; readonly isAck: boolean }>()
  const found = new Map<Transaction, Wrong>()
  for (const transaction of trace.transactions.filter(({ method }) => method !== 'CANCEL'))
    for (const seen of [transaction.request, ...ackTo2xx(transaction)]) {
      const branch = branchOf(seen.message())
      if (branch === undefined) continue
      const key = `${transaction.hop} ${transaction.client} ${branch}`
      const isAck = seen !== transaction.request
      const earlier = first.get(key)
      if (earlier === undefined) first.set(key, { seen, isAck })
      else if (!isAck || !earlier.isAck) found.set(transaction, repeated(earlier.seen, seen))
    }
  return found
}

const repeated = (earlier: Seen, later: Seen): Wrong => ({
  what: `branch ${shown(later)} in ${methodOf(earlier)} and again in ${methodOf(later)}`,
  frames: [earlier.frame, later.frame],
})

const judgementOf = (
  group: RequestGroup,
  side: Side,
  repeats: ReadonlyMap<Transaction, Wrong>,
): readonly Judgement[] => {
  const sent = requestsOf(group, side)
  if (sent.length === 0) return []
  const own = group.transactions.filter(({ client }) => client === side)
  const [wrong] = [
    ...sent.flatMap((seen) => lacksCookie(seen) ?? []),
    ...own.flatMap((transaction) => strays(transaction) ?? []),
    ...own.flatMap((transaction) => repeats.get(transaction) ?? []),
  ]
  return [
    {
      subject: group.subject,
      call: group.call?.name,
      side,
      verdict: wrong === undefined ? 'pass' : 'fail',
      expected: 'a branch that begins with z9hG4bK, another one for each transaction',
      actual: wrong?.what ?? `so in ${sent.length} requests`,
      frames: wrong?.frames ?? sent.map(({ frame }) => frame),
    },
  ]
}

export default defineCheck({
  id: 'branch-cookie',
  title: 'Each transaction has a branch of its own that begins with z9hG4bK',
  subject: 'call',
  strength: 'MUST',
  cite: '3261 §8.1.1.7, §17.1.1.3, §9.1',
  requirement:
    'The branch of the topmost Via begins with z9hG4bK and is new for each transaction; CANCEL and the ACK to a refusal have that of their INVITE.',
  advice: 'Update the SIP stack: without unique branches the other side takes new requests for copies of old ones.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => {
    const repeats = repeatsIn(trace)
    return requestGroups(trace).flatMap((group) =>
      (['pbx', 'trunk'] as const).flatMap((side) => judgementOf(group, side, repeats)),
    )
  },
})

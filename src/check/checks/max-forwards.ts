import type { Side } from '../../core/finding.ts'
import { numberOf } from '../../sip/fields/tokens.ts'
import { viasOf } from '../../sip/fields/via.ts'
import { fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import { param } from '../../sip/uri.ts'
import type { Seen, Trace, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { type RequestGroup, branchOf, requestGroups, requestsOf } from '../requests.ts'

/** What is wrong, and the frames that show it. */
type Wrong = { readonly what: string; readonly frames: readonly number[] }

const hopsLeft = (seen: Seen): number | undefined => {
  const value = numberOf(seen.message(), 'Max-Forwards')
  return value.ok ? value.value : undefined
}

const shown = (seen: Seen): string => {
  const message = seen.message()
  const value = fieldValue(message, 'Max-Forwards')
  const told = value === undefined ? 'no Max-Forwards' : `Max-Forwards: ${displayText(value)}`
  return message.kind === 'request' ? `${told} in ${displayText(message.method)}` : told
}

/** §16.6 step 3: each proxy between the two takes one off, and §16.3 lets none pass that had no more. */
const notLowered = (later: Seen, earlier: Seen, proxies: number): Wrong | undefined => {
  const [before, after] = [hopsLeft(earlier), hopsLeft(later)]
  if (before === undefined || after === undefined || after === before - proxies) return undefined
  return {
    what: `${shown(later)}, ${shown(earlier)} ${proxies === 1 ? 'one proxy' : `${proxies} proxies`} before`,
    frames: [earlier.frame, later.frame],
  }
}

const branchesBehindTop = (seen: Seen): readonly string[] => {
  const vias = viasOf(seen.message())
  const branches = vias.ok ? vias.value.slice(1).map(({ params }) => param(params, 'branch')) : []
  return branches.map((branch) => String(branch ?? '').toLowerCase())
}

/** A request that proxies passed on: its top Via stands below theirs in the same request on a later hop. */
const forwardedIn = (trace: Trace): ReadonlyMap<Transaction, Wrong> => {
  const found = new Map<Transaction, Wrong>()
  for (const { calls } of trace.links.filter(({ by }) => by === 'call-id')) {
    const earlier = new Map<string, Seen>()
    for (const transaction of calls.flatMap(({ transactions }) => transactions).sort(byFrame)) {
      const { method, request } = transaction
      const branches = branchesBehindTop(request)
      const below = branches.findIndex((branch) => earlier.has(`${method} ${branch}`))
      const from = earlier.get(`${method} ${branches[below] ?? ''}`)
      const wrong = from && notLowered(request, from, below + 1)
      if (wrong !== undefined) found.set(transaction, wrong)
      const own = branchOf(request.message())
      if (own !== undefined) earlier.set(`${method} ${own}`, request)
    }
  }
  return found
}

const byFrame = (a: Transaction, b: Transaction): number => a.request.frame - b.request.frame

/** The field is there, reads as one number to 255 (§20.22), and leaves a hop for the proxies of the other side. */
const isSane = (seen: Seen): boolean => {
  const fields = seen.message().fields.filter(({ name }) => name === 'Max-Forwards')
  return fields.length === 1 && (hopsLeft(seen) ?? 0) > 0
}

const judgementOf = (
  group: RequestGroup,
  side: Side,
  forwarded: ReadonlyMap<Transaction, Wrong>,
): readonly Judgement[] => {
  const sent = requestsOf(group, side)
  if (sent.length === 0) return []
  const [wrong] = [
    ...sent.filter((seen) => !isSane(seen)).map((seen): Wrong => ({ what: shown(seen), frames: [seen.frame] })),
    ...group.transactions.filter(({ client }) => client === side).flatMap((one) => forwarded.get(one) ?? []),
  ]
  return [
    {
      subject: group.subject,
      call: group.call?.name,
      side,
      verdict: wrong === undefined ? 'pass' : 'fail',
      expected: 'Max-Forwards from 1 to 255 in every request, one less behind each proxy',
      actual: wrong?.what ?? [...new Set(sent.map((seen) => `${hopsLeft(seen) ?? ''}`))].join(', '),
      frames: wrong?.frames ?? sent.map(({ frame }) => frame),
    },
  ]
}

export default defineCheck({
  id: 'max-forwards',
  title: 'Requests carry Max-Forwards, and each proxy lowers it',
  subject: 'call',
  strength: 'MUST',
  cite: '3261 §8.1.1.6, §16.6, §20.22',
  requirement:
    'Each request has one Max-Forwards, a number from 1 to 255, which a proxy that forwards it lowers by one.',
  advice:
    'Let the stack write Max-Forwards: 70 into each request: at 0 a proxy answers 483 Too Many Hops, and without it loops never end.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace }) => {
    const forwarded = forwardedIn(trace)
    return requestGroups(trace).flatMap((group) =>
      (['pbx', 'trunk'] as const).flatMap((side) => judgementOf(group, side, forwarded)),
    )
  },
})

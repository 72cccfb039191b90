import type { Side } from '../../core/finding.ts'
import { addTo, groupBy } from '../../core/group.ts'
import { cseqOf } from '../../sip/fields/cseq.ts'
import { type Message, fieldValue } from '../../sip/message.ts'
import { displayText } from '../../sip/text.ts'
import type { Seen, Trace, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { finalOf } from '../exchange.ts'
import { type RequestGroup, requestGroups, requestsOf } from '../requests.ts'
import { tagIn } from '../../sip/tags.ts'

/** What is wrong, and the frames that show it; a gap is no error to who receives it (RFC 3261 §12.2.2). */
type Wrong = { readonly what: string; readonly frames: readonly number[]; readonly isGap?: boolean }

const seqOf = (seen: Seen): number | undefined => {
  const cseq = cseqOf(seen.message())
  return cseq.ok ? cseq.value.seq : undefined
}

const shown = (seen: Seen): string => displayText(`CSeq ${fieldValue(seen.message(), 'CSeq') ?? 'none'}`)

const between = (earlier: Seen, later: Seen): Wrong => ({
  what: `${shown(later)} after ${shown(earlier)}`,
  frames: [earlier.frame, later.frame],
})

/** §8.1.1.5: the method is that of the request. */
const otherMethod = (seen: Seen): Wrong | undefined => {
  const message = seen.message()
  const cseq = cseqOf(message)
  if (message.kind !== 'request' || (cseq.ok && cseq.value.method === message.method)) return undefined
  return { what: `${shown(seen)} in ${displayText(message.method)}`, frames: [seen.frame] }
}

/** §9.1, §13.2.2.4, §17.1.1.3: CANCEL and ACK have the number of their INVITE. */
const otherNumber = (own: readonly Transaction[], strayAcks: readonly Seen[]): readonly Wrong[] => {
  const invites = own.filter(({ method }) => method === 'INVITE')
  const numbers = new Set(invites.map(({ request }) => seqOf(request)))
  const acks = invites.flatMap(({ request, acks: all }) =>
    all.filter((ack) => seqOf(ack) !== seqOf(request)).map((ack) => between(request, ack)),
  )
  const last = invites.at(-1)?.request
  const others = [...strayAcks, ...own.filter(({ method }) => method === 'CANCEL').map(({ request }) => request)]
  const strays = others.filter((seen) => !numbers.has(seqOf(seen)) && last !== undefined && last.frame < seen.frame)
  return [...acks, ...strays.flatMap((seen) => (last === undefined ? [] : [between(last, seen)]))]
}

/** §8.1.3.5, §22.2: the request that comes again after a challenge has a higher number. */
const notRaised = (own: readonly Transaction[]): readonly Wrong[] => {
  const initial = own.filter(({ method, inDialog }) => method === 'INVITE' && !inDialog)
  return initial.slice(1).flatMap(({ request }, index) => {
    const earlier = initial[index]
    const status = earlier === undefined ? undefined : finalOf(earlier)?.response.status
    if (earlier === undefined || (status !== 401 && status !== 407)) return []
    return (seqOf(request) ?? 0) > (seqOf(earlier.request) ?? 0) ? [] : [between(earlier.request, request)]
  })
}

/**
 * §12.2.1.1: within a dialog each request but ACK and CANCEL has one more than the last, the INVITE that made it included.
 * Who counts the dialogs of a forked call together leaves gaps in each.
 */
const outOfOrder = (own: readonly Transaction[]): readonly Wrong[] => {
  const counted = own.filter(({ method }) => method !== 'CANCEL')
  const dialogs = new Map<string, Seen[]>()
  for (const { request, inDialog } of counted) if (inDialog) addTo(dialogs, dialogOf(request.message()), request)
  return [...dialogs.values()].flatMap((requests) => {
    const [first] = requests
    const from = first && tagIn(first.message(), 'From')
    const made = counted.findLast(
      ({ request, inDialog, method }) =>
        method === 'INVITE' &&
        !inDialog &&
        tagIn(request.message(), 'From') === from &&
        request.frame < (first?.frame ?? 0),
    )
    const all = made === undefined ? requests : [made.request, ...requests]
    return all.slice(1).flatMap((later, index) => {
      const earlier = all[index]
      const [before, after] = [earlier && seqOf(earlier), seqOf(later)]
      if (earlier === undefined || before === undefined || after === undefined || after === before + 1) return []
      return [{ ...between(earlier, later), isGap: after > before }].filter(({ isGap }) => !isGap || dialogs.size === 1)
    })
  })
}

const dialogOf = (message: Message): string => JSON.stringify([tagIn(message, 'From'), tagIn(message, 'To')])

/** ACKs that belong to no INVITE, neither by their branch nor by their number, by hop and Call-ID. */
const strayAcksIn = ({ calls, messages }: Trace): ReadonlyMap<string, readonly Seen[]> => {
  const known = new Set<Seen>(calls.flatMap(({ transactions }) => transactions.flatMap(({ acks }) => acks)))
  const strays = messages.filter((seen) => !known.has(seen) && isAck(seen.message()))
  return groupBy(strays, (seen) => `${seen.hop} ${fieldValue(seen.message(), 'Call-ID') ?? ''}`)
}

const isAck = (message: Message): boolean => message.kind === 'request' && message.method === 'ACK'

const judgementOf = (
  group: RequestGroup,
  side: Side,
  strayAcks: readonly Seen[],
  isObserved: boolean,
): readonly Judgement[] => {
  const stray = strayAcks.filter(({ sender }) => sender === side)
  const sent = [...requestsOf(group, side), ...stray]
  if (sent.length === 0) return []
  const own = group.transactions.filter(({ client }) => client === side)
  const found: readonly Wrong[] = [
    ...sent.flatMap((seen) => otherMethod(seen) ?? []),
    ...otherNumber(own, stray),
    ...notRaised(own),
    ...outOfOrder(own),
  ]
  // What a tap of strangers missed leaves a gap too.
  const wrong = found.find(({ isGap }) => isGap !== true) ?? (isObserved ? undefined : found[0])
  return [
    {
      subject: group.subject,
      call: group.call?.name,
      side,
      verdict: wrong === undefined ? 'pass' : 'fail',
      expected: 'the method of the request, one more with each, and that of the INVITE in its ACK and CANCEL',
      actual: wrong?.what ?? sent.map(shown).join(', '),
      frames: wrong?.frames ?? sent.map(({ frame }) => frame),
      ...(wrong?.isGap === true ? { strength: 'SHOULD' as const } : {}),
    },
  ]
}

export default defineCheck({
  id: 'cseq-order',
  title: 'CSeq counts the requests of each side',
  subject: 'call',
  strength: 'MUST',
  cite: '3261 §8.1.1.5, §12.2.1.1, §22.2',
  requirement:
    'CSeq has the method of its request and a number that is one higher with each; ACK and CANCEL have that of their INVITE.',
  advice: 'Update the SIP stack: requests whose number does not rise are refused with 500, and other ACKs are lost.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  judge: ({ trace, observed = false }) => {
    // An INVITE that a tap of strangers missed leaves its ACK astray.
    const strays = observed ? new Map<string, readonly Seen[]>() : strayAcksIn(trace)
    return requestGroups(trace).flatMap((group) => {
      const own = group.call === undefined ? [] : (strays.get(`${group.call.hop} ${group.call.callId}`) ?? [])
      return (['pbx', 'trunk'] as const).flatMap((side) => judgementOf(group, side, own, observed))
    })
  },
})

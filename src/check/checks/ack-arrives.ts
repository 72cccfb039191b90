import type { Message } from '../../sip/message.ts'
import type { Seen, Trace, Transaction } from '../../observation/trace.ts'
import { type Judgement, defineCheck } from '../check.ts'
import { type Answer, answersTo, isUnacknowledged, showSilence, showStatus } from '../exchange.ts'
import { tagIn } from '../../sip/tags.ts'

const toTag = (message: Message): string | undefined => tagIn(message, 'To')

/** Final responses that each want an ACK: the first, and the 2xx of any other fork (RFC 3261 §13.2.2.4). */
const finals = (transaction: Transaction): readonly Answer[] => {
  const all = answersTo(transaction).filter(({ response }) => response.status >= 200)
  const [first] = all
  if (first === undefined) return []
  const tags = new Set([toTag(first.response)])
  const forks = all.filter(({ response }) => {
    const isNew = response.status < 300 && !tags.has(toTag(response))
    tags.add(toTag(response))
    return isNew
  })
  return [first, ...forks]
}

/** Anything of the client after the response, other than the ACK, shows that it has gone on without. */
const wentOn = ({ call, client }: Transaction, { seen }: Answer, trace: Trace): Seen | undefined => {
  const ofCall = new Set<Seen>(
    (call?.transactions ?? []).flatMap(({ request, responses, inDialog }) => (inDialog ? [request, ...responses] : [])),
  )
  return trace.messages.find((other) => other.sender === client && other.frame > seen.frame && ofCall.has(other))
}

/** A 2xx that had to be sent again by now, and was not: its ACK came past the tap (RFC 3261 §13.3.1.4, T1 twice). */
const isTapped = ({ seen, response }: Answer, later: Seen): boolean =>
  response.status >= 300 || seen.copies.length > 0 || later.timeMs - seen.timeMs < 1000

const judgementOf = (transaction: Transaction, answer: Answer, trace: Trace): Judgement => {
  const { name, call, client, acks } = transaction
  const ack = acks.find((seen) => toTag(seen.message()) === toTag(answer.response)) ?? acks[0]
  const common = {
    subject: name,
    call: call?.name,
    side: client,
    expected: `an ACK to ${showStatus(answer.response)}`,
  }
  if (ack !== undefined && ack.frame > answer.seen.frame)
    return {
      ...common,
      verdict: 'pass',
      actual: `it came after ${Math.round(ack.timeMs - answer.seen.timeMs)} ms`,
      frames: [answer.seen.frame, ack.frame],
    }
  const later = wentOn(transaction, answer, trace)
  const isSeenWithout = later !== undefined && isTapped(answer, later)
  return {
    ...common,
    verdict: isUnacknowledged(answer, trace) || isSeenWithout ? 'fail' : 'inconclusive',
    actual: later === undefined ? showSilence(answer.seen, trace) : 'the call went on without it',
    frames: [answer.seen.frame, ...answer.seen.copies, ...(later === undefined ? [] : [later.frame])],
  }
}

export default defineCheck({
  id: 'ack-arrives',
  title: 'Final responses to INVITE are acknowledged',
  subject: 'transaction',
  strength: 'MUST',
  cite: '3261 §13.2.2.4, §17.1.1.3',
  requirement: 'The client of an INVITE sends an ACK to its final response, and it arrives.',
  advice:
    'Look at the Contact and Record-Route of the response: an ACK that is lost mostly goes to an address that cannot be reached.',
  judges: ['pbx', 'trunk'],
  presupposes: [],
  absence: true,
  judge: ({ trace }) =>
    trace.transactions
      .filter(({ method }) => method === 'INVITE')
      .flatMap((transaction) => finals(transaction).map((answer) => judgementOf(transaction, answer, trace))),
})

import { addTo, groupBy } from '../core/group.ts'
import { showEndpoint } from '../core/frame.ts'
import type { Call, Digit, Link, Seen, Stream, Trace, Transaction } from '../observation/trace.ts'
import { wantedIn } from './causes/media.ts'

/** A part of a trace that is judged by itself. */
export type Group = {
  readonly trace: Trace
  /** Of no call, but what a call of the group may have been to hear. */
  readonly loose: readonly Stream[]
}

const messagesOf = ({ request, responses, acks }: Transaction): readonly Seen[] => [request, ...responses, ...acks]

const inOrder = (seen: readonly Seen[]): readonly Seen[] => [...new Set(seen)].sort((a, b) => a.frame - b.frame)

/** Calls that are legs of one, each call in one group alone. */
const callsInGroups = ({ calls, links }: Trace): Iterable<readonly Call[]> => {
  const groups = new Map<Call, Set<Call>>(calls.map((call) => [call, new Set([call])]))
  for (const link of links) {
    const joined = new Set(link.calls.flatMap((call) => [...(groups.get(call) ?? [])]))
    for (const call of joined) groups.set(call, joined)
  }
  return [...new Set(groups.values())].map((group) => [...group])
}

const ofCalls = function* (trace: Trace): Generator<Group> {
  const streams = groupBy(trace.streams, ({ call }) => call)
  const digits = groupBy<Call | undefined, Digit>(trace.digits, ({ call }) => call)
  const byEnd = new Map<string, Stream[]>()
  for (const stream of streams.get(undefined) ?? [])
    for (const end of [stream.source, stream.destination]) addTo(byEnd, showEndpoint(end), stream)
  const links = new Map<Call, Link[]>()
  for (const link of trace.links) for (const call of link.calls) addTo(links, call, link)
  for (const calls of callsInGroups(trace)) {
    const transactions = calls.flatMap((call) => call.transactions)
    const own = {
      calls,
      transactions,
      messages: inOrder(transactions.flatMap(messagesOf)),
      streams: calls.flatMap((call) => streams.get(call) ?? []),
      links: [...new Set(calls.flatMap((call) => links.get(call) ?? []))],
      digits: calls.flatMap((call) => digits.get(call) ?? []),
      registrations: [],
    }
    const loose = calls.flatMap(wantedIn).flatMap(({ endpoint }) => byEnd.get(showEndpoint(endpoint)) ?? [])
    yield { trace: { ...trace, ...own }, loose: [...new Set(loose)] }
  }
}

const ofNoCall = (trace: Trace): Group => {
  const inCalls = new Set(trace.calls.flatMap(({ transactions }) => transactions.flatMap(messagesOf)))
  return {
    trace: {
      ...trace,
      calls: [],
      transactions: trace.transactions.filter(({ call }) => call === undefined),
      messages: trace.messages.filter((seen) => !inCalls.has(seen)),
      streams: trace.streams.filter(({ call }) => call === undefined),
      links: [],
      digits: trace.digits.filter(({ call }) => call === undefined),
    },
    loose: [],
  }
}

/**
 * A trace of many calls as traces of few: the legs of each call with what belongs to them, then all that belongs to no call.
 * So the time for one call does not grow with the number of the others.
 */
export const groupsOf = function* (trace: Trace): Generator<Group> {
  yield* ofCalls(trace)
  yield ofNoCall(trace)
}

import { normalizeAddress } from '../core/address.ts'
import { type Endpoint, sameEndpoint } from '../core/frame.ts'
import { fieldAt } from '../sip/view.ts'
import { connectionOf } from '../sdp/description.ts'
import { audioOf } from './descriptions.ts'
import type { Call, Link } from './trace.ts'

/** What of a call a back-to-back user agent may carry over to its other leg. */
type Leg = {
  readonly call: Call
  readonly startedMs: number
  readonly source: Endpoint
  readonly destination: Endpoint
  /** The last digits of the called number; empty where it has too few. */
  readonly called: string
  readonly media: readonly string[]
}

const withinMs = 2000
const comparedDigits = 7
/** Calls that begin within the same two seconds and are compared with one another. */
const maxCompared = 64

const lastDigits = (user: string | undefined): string => {
  const digits = (user ?? '').replace(/[^0-9]/g, '')
  return digits.length < comparedDigits ? '' : digits.slice(-comparedDigits)
}

const mediaOf = (call: Call): readonly string[] =>
  call.described.slice(0, 4).flatMap((seen) => {
    const sdp = seen.description()
    const audio = sdp && audioOf(sdp)
    const connection = sdp && audio && connectionOf(sdp, audio)
    if (audio === undefined || connection === undefined || audio.port === 0) return []
    return [`${normalizeAddress(connection.address)} ${audio.port}`]
  })

const legOf = (call: Call): Leg | undefined => {
  const first = call.transactions.find(({ method }) => method === 'INVITE')?.request
  if (first === undefined) return undefined
  const { source, destination, timeMs } = first
  const called = lastDigits(fieldAt(first.message(), 'Request-URI.user'))
  return { call, startedMs: timeMs, source, destination, called, media: mediaOf(call) }
}

/** Whether the one who was called in the first leg calls in the second; on one host only the port tells. */
const isInTheMiddle = ({ source, destination }: Leg, second: Leg): boolean =>
  source.address === destination.address
    ? sameEndpoint(destination, second.source)
    : destination.address === second.source.address && source.address !== second.destination.address

const isGuess = (first: Leg, second: Leg): boolean => {
  if (first.call.callId === second.call.callId) return false
  // On one hop and in one direction it is a port that serves several calls.
  const isOnward = first.call.hop !== second.call.hop || first.call.caller !== second.call.caller
  if (isOnward && first.media.some((endpoint) => second.media.includes(endpoint))) return true
  return first.called !== '' && first.called === second.called && isInTheMiddle(first, second)
}

const guesses = (legs: readonly Leg[]): readonly Link[] => {
  const links: Link[] = []
  const taken = new Set<Leg>()
  for (const [index, second] of legs.entries()) {
    const before = legs.slice(Math.max(0, index - maxCompared), index)
    const first = before.findLast(
      (leg) => !taken.has(leg) && second.startedMs - leg.startedMs <= withinMs && isGuess(leg, second),
    )
    if (first === undefined) continue
    taken.add(first)
    links.push({ calls: [first.call, second.call], by: 'guess' })
  }
  return links
}

/** Calls that belong together, by the order of their first messages. */
export const linksOf = (calls: readonly Call[]): readonly Link[] => {
  const byId = new Map<string, Call[]>()
  for (const call of calls) {
    const others = byId.get(call.callId)
    if (others === undefined) byId.set(call.callId, [call])
    else others.push(call)
  }
  const proxied = [...byId.values()].filter((legs) => legs.length > 1)
  const legs = calls.flatMap((call) => legOf(call) ?? [])
  return [...proxied.map((all): Link => ({ calls: all, by: 'call-id' })), ...guesses(legs)]
}

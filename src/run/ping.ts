import { type Endpoint, type Transport, showEndpoint } from '../core/frame.ts'
import { ok } from '../core/result.ts'
import { fieldValue } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { type Answer, openExchange } from './exchange.ts'
import { type HopFlags, hopOf } from './hop.ts'
import { type Checked, refuse } from './refusal.ts'

export type PingFlags = HopFlags & { readonly count?: string }

/** What came of one OPTIONS. `status` and `rttMs` are null where nothing answered; `reason` then tells why. */
type Ping = {
  readonly status: number | null
  readonly reason: string
  readonly rttMs: number | null
  readonly server: string | null
}

/** What `ping --json` prints: the last answer, the mean of the round-trip times, and each ping. */
export type PingReport = Ping & {
  readonly reachable: boolean
  readonly transport: Transport
  readonly remote: string | null
  readonly pings: readonly Pick<Ping, 'status' | 'rttMs'>[]
}

const mostPings = 1000
const pauseMs = 1000

const pingOf = (answer: Answer): Ping => {
  if (!('response' in answer)) return { status: null, reason: answer.why, rttMs: null, server: null }
  const { response, rttMs } = answer
  const server = fieldValue(response, 'Server') ?? fieldValue(response, 'User-Agent')
  return {
    status: response.status,
    reason: displayText(response.reason),
    rttMs,
    server: server === undefined ? null : displayText(server),
  }
}

const meanOf = (pings: readonly Ping[]): number | null => {
  const times = pings.flatMap(({ rttMs }) => (rttMs === null ? [] : [rttMs]))
  return times.length === 0 ? null : Math.round((times.reduce((a, b) => a + b) / times.length) * 1000) / 1000
}

const reportOf = (
  pings: readonly Ping[],
  last: Ping,
  { transport, remote }: { readonly transport: Transport; readonly remote?: Endpoint | undefined },
): PingReport => ({
  reachable: pings.some(({ status }) => status !== null),
  status: last.status,
  reason: last.reason,
  rttMs: meanOf(pings),
  transport,
  server: last.server,
  remote: remote === undefined ? null : showEndpoint(remote),
  pings: pings.map(({ status, rttMs }) => ({ status, rttMs })),
})

const notThere = (why: string): Ping => ({ status: null, reason: why, rttMs: null, server: null })

/** Asks by OPTIONS (RFC 3261 §11); whatever answers is there, also one that refuses. */
export const ping = async (
  uri: string,
  flags: PingFlags,
  onPing: (line: string) => void,
): Promise<Checked<PingReport>> => {
  const count = Number(/^\d{1,4}$/.test(flags.count ?? '1') ? (flags.count ?? 1) : 0)
  if (count < 1 || count > mostPings)
    return refuse(`--count ${flags.count ?? ''} is no number from 1 to ${mostPings}`, '--count 5')
  const wanted = await hopOf('ping', uri, flags)
  if (!wanted.ok) return wanted
  const opened = await openExchange(wanted.value)
  if (!opened.ok) return opened
  const exchange = opened.value
  const { transport } = wanted.value.hop
  if ('why' in exchange) {
    const none = notThere(exchange.why)
    onPing(pingLine(none))
    return ok(reportOf([none], none, { transport, remote: exchange.remote }))
  }
  const pings: Ping[] = []
  try {
    for (let sent = 0; sent < count; sent += 1) {
      if (sent > 0) await exchange.pause(pauseMs)
      const answer = await exchange.ask({ method: 'OPTIONS', requestUri: uri, from: exchange.contact, to: uri })
      const one = pingOf(answer)
      pings.push(one)
      onPing(pingLine(one))
    }
  } finally {
    await exchange.close()
  }
  return ok(reportOf(pings, pings.at(-1) ?? notThere('nothing was sent'), exchange))
}

const pingLine = ({ status, reason, rttMs, server }: Ping): string =>
  status === null || rttMs === null
    ? reason
    : `${status} ${reason} in ${rttMs.toFixed(1)} ms${server === null ? '' : ` from ${server}`}`

/** The line below the pings. */
export const pingSummary = (uri: string, { reachable, pings, remote, rttMs, transport }: PingReport): string => {
  const where = `${uri}${remote === null ? '' : ` (${remote}, ${transport.toUpperCase()})`}`
  if (!reachable) return `${where} cannot be reached`
  const answered = pings.filter(({ status }) => status !== null).length
  return `${where} answered ${answered} of ${pings.length}${rttMs === null ? '' : `, ${rttMs.toFixed(1)} ms on average`}`
}

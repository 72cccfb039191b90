import { type Endpoint, type Transport, showEndpoint } from '../core/frame.ts'
import { ok } from '../core/result.ts'
import { systemClock } from '../net/clock.ts'
import { fieldValue } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { type Answer, type Exchange, openExchange } from './exchange.ts'
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

/** What `ping --json` prints: the last answer, the mean of the round-trip times, and each ping where several were wanted. */
type PingReport = Ping & {
  readonly reachable: boolean
  readonly transport: Transport
  readonly remote: string | null
  readonly pings?: readonly Pick<Ping, 'status' | 'rttMs'>[]
}

/** The report, and for people what it comes to. */
export type Pinged = { readonly report: PingReport; readonly summary: readonly string[] }

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

type Asked = {
  readonly uri: string
  readonly count: number
  readonly transport: Transport
  readonly remote: Endpoint | undefined
}

const pingedOf = (pings: readonly Ping[], last: Ping, asked: Asked, advice: string | undefined): Pinged => {
  const { uri, count, transport, remote } = asked
  const answered = pings.filter(({ status }) => status !== null).length
  const rttMs = meanOf(pings)
  const where = `${uri}${remote === undefined ? '' : ` (${showEndpoint(remote)}, ${transport.toUpperCase()})`}`
  const mean = rttMs === null ? '' : `, ${rttMs.toFixed(1)} ms on average`
  return {
    report: {
      reachable: answered > 0,
      status: last.status,
      reason: last.reason,
      rttMs,
      transport,
      server: last.server,
      remote: remote === undefined ? null : showEndpoint(remote),
      ...(count === 1 ? {} : { pings: pings.map((one) => ({ status: one.status, rttMs: one.rttMs })) }),
    },
    summary:
      answered > 0
        ? [`${where} answered ${answered} of ${pings.length}${mean}`]
        : [`${where} cannot be reached`, ...(advice === undefined ? [] : [`to do: check ${advice}`])],
  }
}

const notThere = (why: string): Ping => ({ status: null, reason: why, rttMs: null, server: null })

const askOptions = (exchange: Exchange, uri: string): Promise<Answer> =>
  exchange.ask({ method: 'OPTIONS', requestUri: uri, from: exchange.contact, to: uri })

/** Asks by OPTIONS (RFC 3261 §11); whatever answers is there, also one that refuses. A closed port is one ping that failed. */
export const ping = async (
  uri: string,
  flags: PingFlags,
  onPing: (line: string) => void,
  signal: AbortSignal,
): Promise<Checked<Pinged>> => {
  const count = Number(/^\d{1,4}$/.test(flags.count ?? '1') ? (flags.count ?? 1) : 0)
  if (count < 1 || count > mostPings)
    return refuse(`--count ${flags.count ?? ''} is no number from 1 to ${mostPings}`, '--count 5')
  const wanted = await hopOf('ping', uri, flags)
  if (!wanted.ok) return wanted
  const clock = systemClock()
  const stopped = new Promise<undefined>((done) => {
    signal.addEventListener('abort', () => done(undefined), { once: true })
  })
  const pause = () => new Promise((done) => void clock.after(pauseMs, () => done(undefined)))
  const pings: Ping[] = []
  let exchange: Exchange | undefined
  let remote: Endpoint | undefined
  let advice: string | undefined
  try {
    for (let sent = 0; sent < count; sent += 1) {
      if (sent > 0) await Promise.race([pause(), stopped])
      if (signal.aborted) break
      const opened = exchange === undefined ? await openExchange(wanted.value) : ok(exchange)
      if (!opened.ok) return opened
      remote = opened.value.remote
      exchange = 'why' in opened.value ? undefined : opened.value
      const answer = 'why' in opened.value ? opened.value : await Promise.race([askOptions(opened.value, uri), stopped])
      if (answer === undefined) break
      if ('why' in answer) advice = answer.advice
      const one = pingOf(answer)
      pings.push(one)
      onPing(pingLine(one))
      if (remote === undefined) break // a name without an address is asked for once
    }
  } finally {
    await exchange?.close()
  }
  const last = pings.at(-1) ?? notThere('interrupted before an answer')
  return ok(pingedOf(pings, last, { uri, count, transport: wanted.value.hop.transport, remote }, advice))
}

const pingLine = ({ status, reason, rttMs, server }: Ping): string =>
  status === null || rttMs === null
    ? reason
    : `${status} ${reason} in ${rttMs.toFixed(1)} ms${server === null ? '' : ` from ${server}`}`

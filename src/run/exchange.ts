import { scopeOf } from '../core/address.ts'
import { type Endpoint, type Transport, sameEndpoint } from '../core/frame.ts'
import { explain, ok } from '../core/result.ts'
import { createUserAgent } from '../agent/create-user-agent.ts'
import type { RequestOptions, UserAgentEvent } from '../agent/user-agent.ts'
import { systemClock } from '../net/clock.ts'
import { systemToken } from '../net/entropy.ts'
import { probe } from '../net/probe.ts'
import { resolveHost } from '../net/resolve.ts'
import { type SipSocket, openSipSocket } from '../net/sip-socket.ts'
import { followChallenges } from '../session/challenge.ts'
import type { Credentials } from '../sip/digest.ts'
import type { Response } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { showHost } from '../sip/uri.ts'
import type { NextHop } from '../config/next-hop.ts'
import { keepAlive, namedTimers, refusalMs } from './named-sut.ts'
import { type Checked, refuse } from './refusal.ts'
import { packageVersion } from './version.ts'

/** Why nothing answers, and what to look at. */
type NoAnswer = { readonly why: string; readonly advice: string }

/** What came of a request: its final response, or why there is none. */
export type Answer = { readonly response: Response; readonly rttMs: number; readonly tx: string } | NoAnswer

type Wanted = Pick<RequestOptions, 'method' | 'requestUri' | 'from' | 'to' | 'fields' | 'contact'> & {
  /** The request that this one repeats with other fields: same Call-ID, higher CSeq. */
  readonly after?: string
}

/** A user agent of ours that speaks with one next hop. */
export type Exchange = {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly contact: string
  readonly transport: Transport
  /** One request and its final response; a challenge is answered where there are credentials. */
  readonly ask: (wanted: Wanted, credentials?: Credentials) => Promise<Answer>
  readonly close: () => Promise<void>
}

export type ExchangeOptions = {
  readonly hop: NextHop
  readonly resolve: ReadonlyMap<string, string>
  readonly bind: Endpoint | undefined
  readonly timeoutMs: number
}

const isChallenge = ({ status }: Response): boolean => status === 401 || status === 407

const unnamed = 'the spelling of the host, and the DNS that this host asks; or --resolve with its address'
const closed = 'port and transport (UDP, unless ;transport=tcp is said), and whether the program runs there'
const wayless = 'the address, the network between, and the firewall on both sides'
const unheard =
  'the firewall between, and whether the far end answers this host, under that name: some ignore an address in its place'
const unfinished = 'the log of the far end, and of what it asks: it works on the request, and never says how that ended'
const garbled = 'what the far end sends, in a capture: trunkproof inspect tells its faults'

const anyAddress = ({ address }: Endpoint): string => (address.includes(':') ? '::' : '0.0.0.0')

/** Resolves, knocks and opens; `why` where the next hop is known not to be there. */
export const openExchange = async ({
  hop,
  resolve,
  bind,
  timeoutMs,
}: ExchangeOptions): Promise<Checked<Exchange | (NoAnswer & { readonly remote?: Endpoint })>> => {
  const clock = systemClock()
  const resolved = await resolveHost(hop.host, resolve)
  if (!resolved.ok) return ok({ why: `the DNS has no address for ${hop.host}`, advice: unnamed })
  const remote: Endpoint = { address: resolved.value, port: hop.port }
  const found = await probe(hop.transport, remote, keepAlive, { timeoutMs: refusalMs, clock })
  if (found.refused) return ok({ why: 'the port is closed: nothing listens there', advice: closed, remote })
  if (found.error !== undefined)
    return ok({ why: `there is no way to ${remote.address} (${found.error})`, advice: wayless, remote })
  const own = bind ?? { address: found.local.port === 0 ? anyAddress(remote) : found.local.address, port: 0 }
  let socket: SipSocket
  try {
    socket = await openSipSocket(hop.transport, { ...own, loopbackOnly: scopeOf(remote.address) === 'loopback' })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return refuse(`no port on ${own.address} (${why})`, '--bind with an address of this host and a free port')
  }
  const world = { clock, token: systemToken }
  const waiting = new Map<string, (event: UserAgentEvent) => void>()
  const unread: string[] = []
  const ua = await createUserAgent({
    world,
    sockets: [socket],
    timers: namedTimers,
    contactUser: 'trunkproof',
    userAgent: `trunkproof/${packageVersion()}`,
    allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'],
    onEvent: (event) => {
      if ('tx' in event) waiting.get(event.tx)?.(event)
      else if (event.type === 'malformed' && sameEndpoint(event.source, remote)) unread[0] = explain(event.fault)
    },
  })

  const silence = (ms: number, provisional: Response | undefined): NoAnswer => {
    const within = `within ${ms / 1000} s`
    if (provisional !== undefined) {
      const last = displayText(`${provisional.status} ${provisional.reason}`)
      return { why: `only provisional answers ${within}, the last ${last}`, advice: unfinished }
    }
    return unread[0] === undefined
      ? { why: `no answer ${within}`, advice: unheard }
      : { why: `only an answer that cannot be read: ${unread[0]}`, advice: garbled }
  }

  const answerOf = (tx: string): Promise<Answer> =>
    new Promise((done) => {
      const sentMs = clock.nowMs()
      let provisional: Response | undefined
      const end = (answer: Answer): void => {
        disarm()
        waiting.delete(tx)
        done(answer)
      }
      const disarm = clock.after(timeoutMs, () => end(silence(timeoutMs, provisional)))
      waiting.set(tx, (event) => {
        if (event.type === 'response') {
          const { message, timeMs } = event.received
          if (message.status < 200) provisional = message
          else end({ response: message, rttMs: Math.round((timeMs - sentMs) * 1000) / 1000, tx })
        }
        if (event.type === 'timeout') end(silence(64 * namedTimers.t1Ms, provisional))
        if (event.type === 'unreachable') end({ why: event.reason, advice: wayless })
      })
    })

  const ask: Exchange['ask'] = async (wanted, credentials) => {
    const { after, fields: own = [] } = wanted
    const lacking = ['Authorization', 'Proxy-Authorization'] // a nonce counts its uses; a new challenge starts it anew
    let { tx } =
      after === undefined
        ? ua.request({ ...wanted, destination: remote, cause: 'command' })
        : ua.again(after, { cause: 'command', fields: own, lacking })
    const follow = credentials && followChallenges(credentials, world.token)
    for (;;) {
      const answer = await answerOf(tx)
      if (!('response' in answer) || !isChallenge(answer.response) || follow === undefined) return answer
      const fields = follow(answer.response, wanted)
      if (!fields.ok) return answer
      tx = ua.again(tx, { cause: 'challenge', fields: fields.value }).tx
    }
  }

  return ok({
    local: socket.local,
    remote,
    contact: `sip:trunkproof@${showHost(socket.local.address)}:${socket.local.port}${hop.transport === 'udp' ? '' : `;transport=${hop.transport}`}`,
    transport: hop.transport,
    ask,
    close: () => ua.close(),
  })
}

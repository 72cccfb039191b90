import { type Transport, showEndpoint } from '../core/frame.ts'
import { ok } from '../core/result.ts'
import { type Binding, bindingsOf, registerFields } from '../session/register.ts'
import type { Credentials } from '../sip/digest.ts'
import { numberOf } from '../sip/fields/tokens.ts'
import { type Response, fieldValue } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { isSipUri, parseUri, sameUri, showHost } from '../sip/uri.ts'
import { type Answer, type Exchange, openExchange } from './exchange.ts'
import { type HopFlags, hopOf } from './hop.ts'
import { type Surroundings, credentialsOf, readConfig } from './own-file.ts'
import { type Checked, refuse } from './refusal.ts'
import { mostSeconds, registerAdvice } from './register-advice.ts'

export type RegisterFlags = HopFlags & {
  readonly config?: string
  readonly expires?: string
  readonly keep?: boolean
}

/** What `register --json` prints. `status` is null where nothing answered; `reason` then tells why. */
export type RegisterReport = {
  readonly registered: boolean
  readonly status: number | null
  readonly reason: string
  readonly rttMs: number | null
  readonly transport: Transport
  readonly server: string | null
  readonly remote: string | null
  readonly aor: string
  readonly contact: string | null
  /** Seconds that were granted; null where the answer does not name our binding. */
  readonly expires: number | null
  /** All bindings that the registrar has. */
  readonly bindings: readonly { readonly uri: string; readonly expires: number | null }[]
  /** Whether ours was taken away again; null where it was to stay, or never was. */
  readonly removed: boolean | null
  /** What is not as it should be, although the registrar has accepted; null where nothing is. */
  readonly warning: string | null
}

const defaultSeconds = 60
const unlisted =
  'the registrar did not list our Contact, so that nobody can tell for how long it holds (RFC 3261 §10.3 step 8)'

type Aor = { readonly aor: string; readonly registrar: string; readonly user: string }

/** RFC 3261 §10.2: the Request-URI names the domain alone; the address-of-record has no port. */
const aorOf = (text: string, username: string | undefined): Checked<Aor> => {
  const uri = parseUri(text)
  const user = uri.ok && isSipUri(uri.value) ? (uri.value.user ?? username) : undefined
  if (!uri.ok || !isSipUri(uri.value) || user === undefined)
    return refuse(`${text} names no user, and trunkproof.yaml has no credentials`, 'register sip:1000@10.0.0.5')
  const { scheme, host, port } = uri.value
  const registrar = `${scheme}:${showHost(host)}${port === undefined ? '' : `:${port}`}`
  return ok({ aor: `${scheme}:${user}@${showHost(host)}`, registrar, user })
}

const isSame = (a: string, b: string): boolean => {
  const [left, right] = [parseUri(a), parseUri(b)]
  return left.ok && right.ok && sameUri(left.value, right.value)
}

/** §10.2.8: the registrar wants a longer time. */
const wantedByIt = (response: Response): number | undefined => {
  const least = numberOf(response, 'Min-Expires')
  return response.status === 423 && least.ok && (least.value ?? mostSeconds) <= mostSeconds ? least.value : undefined
}

const bindingsIn = (response: Response): readonly Binding[] => {
  const bindings = bindingsOf(response)
  return bindings.ok ? bindings.value : []
}

const nothing = { server: null, contact: null, expires: null, bindings: [], removed: null, warning: null } as const

/** The report, and for people what to do where that is known. */
export type Registered = { readonly report: RegisterReport; readonly advice?: string }

const silent = (
  aor: string,
  { why, advice }: { readonly why: string; readonly advice: string },
  transport: Transport,
  remote: string | null,
): Registered => ({
  report: { ...nothing, registered: false, status: null, reason: why, rttMs: null, transport, remote, aor },
  advice: `check ${advice}`,
})

const isDone = (answer: Answer): boolean =>
  'response' in answer && answer.response.status >= 200 && answer.response.status < 300

type Wanted = Aor & { readonly seconds: number; readonly keep: boolean; readonly credentials: Credentials | undefined }

const registerOn = async (exchange: Exchange, wanted: Wanted): Promise<Registered> => {
  const { aor, registrar, user, seconds, keep, credentials } = wanted
  const contact = exchange.contact.replace('trunkproof@', `${user}@`)
  const send = (expires: number, after?: string): Promise<Answer> =>
    exchange.ask(
      {
        method: 'REGISTER',
        requestUri: registrar,
        from: aor,
        to: aor,
        fields: registerFields(contact, expires),
        ...(after === undefined ? {} : { after }),
      },
      credentials,
    )

  const first = await send(seconds)
  const longer = 'response' in first ? wantedByIt(first.response) : undefined
  const answer = longer === undefined || !('response' in first) ? first : await send(longer, first.tx)
  const remote = showEndpoint(exchange.remote)
  if (!('response' in answer)) return silent(aor, answer, exchange.transport, remote)
  const { response, rttMs, tx } = answer
  const accepted = isDone(answer)
  const bindings = accepted ? bindingsIn(response) : []
  const ours = bindings.find((one) => isSame(one.uri, contact))
  const server = fieldValue(response, 'Server') ?? fieldValue(response, 'User-Agent')
  const report: RegisterReport = {
    // §10.3: a 200 lists all bindings; with others alone ours is not there.
    registered: accepted && (ours !== undefined || bindings.length === 0),
    status: response.status,
    reason: displayText(response.reason),
    rttMs,
    transport: exchange.transport,
    server: server === undefined ? null : displayText(server),
    remote,
    aor,
    contact,
    expires: ours?.expiresS ?? null,
    bindings: bindings.map(({ uri, expiresS }) => ({ uri: displayText(uri), expires: expiresS ?? null })),
    removed: accepted && !keep ? isDone(await send(0, tx)) : null,
    warning: accepted && bindings.length === 0 ? unlisted : null,
  }
  const told = report.registered ? undefined : registerAdvice(response)
  return { report, ...(told === undefined ? {} : { advice: told }) }
}

/** One REGISTER with digest (RFC 3261 §10.2), and the binding away again unless it is to stay. */
export const register = async (
  uri: string,
  flags: RegisterFlags,
  around: Surroundings,
): Promise<Checked<Registered>> => {
  const typed = flags.expires ?? String(defaultSeconds)
  const seconds = /^\d{1,5}$/.test(typed) ? Number(typed) : 0
  if (seconds < 1 || seconds > mostSeconds)
    return refuse(`--expires ${typed} is no time from 1 to ${mostSeconds} seconds`, '--expires 60')
  const wanted = await hopOf('register', uri, flags)
  if (!wanted.ok) return wanted
  const config = readConfig(flags, around)
  if (!config.ok) return config
  const credentials = credentialsOf(config.value, around)
  if (!credentials.ok) return refuse(credentials.fault.saw, 'setting it, or another place in trunkproof.yaml')
  const aor = aorOf(uri, credentials.value?.username)
  if (!aor.ok) return aor
  const opened = await openExchange(wanted.value)
  if (!opened.ok) return opened
  const exchange = opened.value
  if ('why' in exchange) {
    const remote = exchange.remote === undefined ? null : showEndpoint(exchange.remote)
    return ok(silent(aor.value.aor, exchange, wanted.value.hop.transport, remote))
  }
  try {
    const keep = flags.keep === true
    return ok(await registerOn(exchange, { ...aor.value, seconds, keep, credentials: credentials.value }))
  } finally {
    await exchange.close()
  }
}

const grantedFor = (seconds: number | null): string =>
  seconds === null ? 'granted, for how long is not said' : `granted for ${seconds} s`

/** Report for people. */
export const registerLines = ({ report, advice }: Registered): readonly string[] => {
  const { registered, status, reason, rttMs, transport, remote, aor, expires, bindings, removed, warning } = report
  const where = remote === null ? '' : ` at ${remote}, ${transport.toUpperCase()}`
  const toDo = advice === undefined ? [] : [`to do: ${advice}`]
  if (status === null || rttMs === null) return [`${aor} is not registered: ${reason}${where}`, ...toDo]
  if (!registered) return [`${aor} is not registered${where}: ${status} ${reason}`, ...toDo]
  return [
    `${aor} is registered${where}, in ${rttMs.toFixed(1)} ms`,
    warning === null ? grantedFor(expires) : `warning: ${warning}`,
    ...bindings.map((one) => `  ${one.uri}${one.expires === null ? '' : ` for ${one.expires} s`}`),
    ...(removed === null ? [] : [removed ? 'removed again' : 'our binding could not be removed: it ends by itself']),
  ]
}

import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { isIpLiteral, scopeOf } from '../core/address.ts'
import { type Endpoint, type Transport, showEndpoint } from '../core/frame.ts'
import { ok } from '../core/result.ts'
import type { NextHop } from '../config/next-hop.ts'
import { openPortPair } from '../net/port-pair.ts'
import { resolveHost } from '../net/resolve.ts'
import { openSipSocket } from '../net/sip-socket.ts'
import type { PortRange, Profile } from '../profile/profile.ts'
import { type Response, fieldValue } from '../sip/message.ts'
import { displayText } from '../sip/text.ts'
import { packageFolder, readProfiles } from './catalogue.ts'
import { unlikeAddresses } from './bind.ts'
import { type ExchangeOptions, openExchange } from './exchange.ts'
import { type HopFlags, hopOf } from './hop.ts'
import { type Surroundings, configName, readConfig } from './own-file.ts'
import { configurationLines } from './preflight-configuration.ts'
import { type Line, fail, good, warn } from './preflight-line.ts'
import { type Checked, refuse } from './refusal.ts'
import { namedOf, registrarOf, unknownProfile } from './request.ts'
import { writtenAtMs } from './store.ts'
import { parseBind, parsePorts } from './words.ts'

export type PreflightFlags = HopFlags & {
  readonly profile?: string
  readonly trunk?: string
  readonly pbx?: string
  readonly config?: string
  readonly rtpPorts?: string
}

/** What `preflight --json` prints: ready where nothing fails. */
export type PreflightReport = { readonly ready: boolean; readonly checks: readonly Line[] }

const addresses = (): Line => {
  const own = Object.values(networkInterfaces()).flatMap((of) => of?.map(({ address }) => address) ?? [])
  const outside = own.filter((address) => !['loopback', 'link-local'].includes(scopeOf(address)))
  if (outside.length === 0)
    return warn('addresses', 'this host has loopback alone', 'a network, to reach more than this host')
  return outside.some((address) => scopeOf(address) === 'public')
    ? good('addresses', outside.join(', '))
    : warn(
        'addresses',
        `${outside.join(', ')}: none is public`,
        'run with --advertise and the public address, and forward its ports, where a trunk on the internet is to reach you',
      )
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** That the port for SIP and a pair for RTP are free is known by having them; what was not had is not called free. */
const ports = async (bind: Endpoint, range: PortRange | undefined, transports: readonly Transport[]): Promise<Line> => {
  try {
    for (const transport of transports) {
      const sip = await openSipSocket(transport, bind)
      await sip.close()
    }
    const pair = await openPortPair({
      address: bind.address,
      random: 0,
      loopbackOnly: false,
      ...(range === undefined ? {} : { ports: range }),
    })
    await Promise.all([pair.rtp.close(), pair.rtcp.close()])
    const within = range === undefined ? '' : ` within ${range.first}-${range.last}`
    const over = transports.map((transport) => transport.toUpperCase()).join(' and ')
    const sip = `SIP ${bind.port === 0 ? 'any port' : showEndpoint(bind)} over ${over}`
    return good('ports', `opened: ${sip}; one pair of media ports${within}, the others were not tried`)
  } catch (error) {
    return fail(
      'ports',
      reasonOf(error),
      '--bind with an address of this host and a free port, --rtp-ports with others',
    )
  }
}

const dayMs = 86_400_000
const mostApartS = 60

/** The Date of an answer (RFC 3261 §20.17), and when it came by our clock. */
type Theirs = { readonly dateMs: number; readonly atMs: number }

const theirsOf = (response: Response, atMs: number): Theirs | undefined => {
  const dateMs = Date.parse(fieldValue(response, 'Date') ?? '')
  return Number.isNaN(dateMs) ? undefined : { dateMs, atMs }
}

/** A file written in the future tells of a clock that is behind: certificates and waivers would be judged by it. */
const clock = (nowMs: number, cwd: string, theirs: Theirs | undefined): Line => {
  const files = [join(packageFolder, 'package.json'), join(packageFolder, 'dist'), join(cwd, configName)]
  const newest = Math.max(...files.map((file) => writtenAtMs(file) ?? 0))
  const now = new Date(nowMs).toISOString()
  if (newest > nowMs + dayMs)
    return fail(
      'clock',
      `${now} is before ${new Date(newest).toISOString()}, when a file here was written`,
      'set the clock',
    )
  if (theirs === undefined) return good('clock', `${now}; compared with no other clock`)
  const apartS = Math.round(Math.abs(theirs.dateMs - theirs.atMs) / 1000)
  return apartS > mostApartS
    ? warn('clock', `${now}; the Date of the next hop is ${apartS} s away`, 'set the clock that is wrong')
    : good('clock', `${now}; the Date of the next hop says the same`)
}

/** The names that a run asks for: of its next hop, and of the registrar of its phone. The provider's others stay words. */
const dns = async (
  hops: readonly (NextHop | undefined)[],
  overrides: ReadonlyMap<string, string>,
): Promise<readonly Line[]> => {
  const hosts = new Set(hops.flatMap((hop) => (hop === undefined || isIpLiteral(hop.host) ? [] : [hop.host])))
  return Promise.all(
    [...hosts].map(async (host) => {
      const found = await resolveHost(host, overrides)
      return found.ok
        ? good('dns', `${host} is ${found.value}`)
        : fail('dns', `no address for ${host}`, 'a DNS server that is reached, or --resolve')
    }),
  )
}

type Reached = { readonly line: Line; readonly theirs?: Theirs | undefined }

const nextHop = async (options: ExchangeOptions): Promise<Reached> => {
  const { uri } = options.hop
  const opened = await openExchange(options)
  if (!opened.ok) return { line: fail('next-hop', opened.what, opened.advice) }
  const exchange = opened.value
  if ('why' in exchange) return { line: fail('next-hop', `${uri}: ${exchange.why}`, exchange.advice) }
  try {
    const answer = await exchange.ask({ method: 'OPTIONS', requestUri: uri, from: exchange.contact, to: uri })
    if (!('response' in answer)) return { line: fail('next-hop', `${uri}: ${answer.why}`, answer.advice) }
    const { status, reason } = answer.response
    return {
      line: good('next-hop', `${uri}: ${status} ${displayText(reason)} in ${answer.rttMs.toFixed(1)} ms`),
      theirs: theirsOf(answer.response, Date.now()),
    }
  } finally {
    await exchange.close()
  }
}

const profileOf = (id: string | undefined): Checked<Profile | undefined> => {
  if (id === undefined) return ok(undefined)
  const profiles = readProfiles()
  if (!profiles.ok) return refuse('the profiles cannot be read', 'trunkproof list profiles')
  const profile = profiles.value.find((one) => one.id === id)
  return profile === undefined ? unknownProfile(id, { profiles: profiles.value }) : ok(profile)
}

/** All that can be known before a call is paid for. Nothing leaves this host unless a target is named. */
export const preflight = async (
  flags: PreflightFlags,
  around: Surroundings,
  nowMs: number,
): Promise<Checked<PreflightReport>> => {
  const config = readConfig(flags, around)
  if (!config.ok) return config
  const profile = profileOf(flags.profile ?? config.value.profile)
  if (!profile.ok) return profile
  const rtpPorts = flags.rtpPorts === undefined ? profile.value?.media.ports : parsePorts(flags.rtpPorts)
  if (flags.rtpPorts !== undefined && rtpPorts === undefined)
    return refuse(`--rtp-ports ${flags.rtpPorts} is no range with room for RTP and RTCP`, '--rtp-ports 20000-20100')
  const bind = flags.bind === undefined ? { address: '0.0.0.0', port: 0 } : parseBind(flags.bind)
  if (bind === undefined) return refuse(`--bind ${flags.bind ?? ''} is no IP address`, '--bind 10.0.0.9:5060')
  const named = namedOf(flags, config.value)
  if (!named.ok) return named
  const registrar = registrarOf(config.value, named.value)
  if (!registrar.ok) return registrar
  const unlike =
    flags.bind === undefined || named.value === undefined ? undefined : unlikeAddresses(bind, named.value.hop)
  if (unlike !== undefined) return unlike
  const { bind: _tried, ...reach } = flags // a port that cannot be had is a line of its own
  const hop = named.value && (await hopOf('preflight', named.value.hop.uri, reach))
  if (hop?.ok === false) return hop
  const opened = await ports(bind, rtpPorts, named.value === undefined ? ['udp', 'tcp'] : [named.value.hop.transport])
  const from = flags.bind === undefined || opened.verdict === 'fail' ? undefined : bind
  const reached = hop && (await nextHop({ ...hop.value, bind: from }))
  const checks = [
    ...configurationLines(config.value, named.value?.side, around, flags.config !== undefined),
    addresses(),
    opened,
    clock(nowMs, around.cwd, reached?.theirs),
    ...(hop === undefined ? [] : await dns([named.value?.hop, registrar.value], hop.value.resolve)),
    ...(reached === undefined ? [] : [reached.line]),
  ]
  return ok({ ready: checks.every(({ verdict }) => verdict !== 'fail'), checks })
}

export const preflightLines = ({ checks }: PreflightReport): readonly string[] =>
  checks.flatMap(({ check, verdict, saw, advice }) => [
    `${verdict.padEnd(4)}  ${check.padEnd(13)}  ${saw}`,
    ...(advice === null ? [] : [`${' '.repeat(21)}to do: ${advice}`]),
  ])

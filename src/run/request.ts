import { join, resolve } from 'node:path'
import type { Endpoint } from '../core/frame.ts'
import { isIpLiteral, normalizeAddress } from '../core/address.ts'
import { type Result, explain, fault, ok } from '../core/result.ts'
import { loadConfig } from '../config/load.ts'
import type { SecretSource, UserConfig } from '../config/schema.ts'
import type { PortRange } from '../profile/profile.ts'
import type { Credentials } from '../sip/digest.ts'
import { type Catalogue, faultLines, readCatalogue } from './catalogue.ts'
import { type Execution, runFolder } from './execute.ts'
import { parseNextHop } from './named-sut.ts'
import { globMatches } from './glob.ts'
import { readText } from './store.ts'
import { packageVersion } from './version.ts'

/** The words of the command line, as they were typed. */
export type RunFlags = {
  readonly profile: string | undefined
  readonly trunk?: string
  readonly pbx?: string
  readonly ladder?: string
  readonly out?: string
  readonly config?: string
  readonly domain?: string
  readonly bind?: string
  readonly advertise?: string
  readonly rtpPorts?: string
  readonly resolve?: readonly string[]
  readonly keepSecrets?: boolean
}

export type Surroundings = { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> }

type Prepared = Omit<Execution, 'progress' | 'signal'>

/** What is wrong and what to do, as `complain` prints it. */
export type Refusal = { readonly ok: false; readonly what: string; readonly advice: string }

export const refuse = (what: string, advice: string): Refusal => ({ ok: false, what, advice })

const defaultProfile = 'sinch/eu'
const configName = 'trunkproof.yaml'

const readConfig = (
  flags: RunFlags,
  { cwd }: Surroundings,
): { readonly ok: true; readonly value: UserConfig } | Refusal => {
  const path = resolve(cwd, flags.config ?? configName)
  const text = readText(path)
  if (!text.ok) return flags.config === undefined ? ok({}) : refuse(text.fault.saw, 'the path of a trunkproof.yaml')
  const loaded = loadConfig(flags.config ?? configName, text.value)
  return loaded.ok
    ? loaded
    : refuse(faultLines(loaded.faults).trim(), `trunkproof validate ${flags.config ?? configName}`)
}

const secretOf = (source: SecretSource, { cwd, env }: Surroundings): Result<string> => {
  if ('env' in source) {
    const value = env[source.env]
    return value === undefined || value === ''
      ? fault('secret.env', 'none', `the environment variable ${source.env} is not set`)
      : ok(value)
  }
  const text = readText(resolve(cwd, source.file))
  return text.ok ? ok(text.value.trim()) : text
}

const credentialsOf = (config: UserConfig, around: Surroundings): Result<Credentials | undefined> => {
  if (config.credentials === undefined) return ok(undefined)
  const username = secretOf(config.credentials.username, around)
  if (!username.ok) return username
  const password = secretOf(config.credentials.password, around)
  return password.ok ? ok({ username: username.value, password: password.value }) : password
}

const portOf = (text: string): number | undefined =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined

/** `10.0.0.9`, `10.0.0.9:5060`, `[::1]:5060`, `::1`. */
export const parseBind = (text: string): Endpoint | undefined => {
  if (isIpLiteral(text)) return { address: normalizeAddress(text), port: 0 }
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, Math.max(0, colon))
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const port = portOf(text.slice(colon + 1))
  return isIpLiteral(address) && port !== undefined ? { address: normalizeAddress(address), port } : undefined
}

const parsePorts = (text: string): PortRange | undefined => {
  const [low = '', high = '', ...more] = text.split('-')
  const [first, last] = [portOf(low), portOf(high)]
  return more.length === 0 && first !== undefined && last !== undefined && first > 0 && last > first
    ? { first, last }
    : undefined
}

const parseResolve = (texts: readonly string[]): ReadonlyMap<string, string> | undefined => {
  const pairs = texts.map((text) => text.split('='))
  const right = pairs.every(
    ([host = '', address = '', ...more]) => host !== '' && isIpLiteral(address) && more.length === 0,
  )
  return right ? new Map(pairs.map(([host = '', address = '']) => [host, address])) : undefined
}

const namedOf = (flags: RunFlags, config: UserConfig): Result<Execution['named']> => {
  const typed = flags.trunk !== undefined || flags.pbx !== undefined
  const trunk = typed ? flags.trunk : config.trunk
  const pbx = typed ? flags.pbx : config.pbx
  const uri = trunk ?? pbx
  if (uri === undefined) return ok(undefined)
  const hop = parseNextHop(uri)
  return hop.ok ? ok({ side: trunk === undefined ? 'pbx' : 'trunk', hop: hop.value }) : hop
}

const profileOf = (catalogue: Catalogue, id: string) => catalogue.profiles.find((profile) => profile.id === id)

/** Checks all that was asked for, before anything is sent. */
export const prepareRun = async (
  flags: RunFlags,
  around: Surroundings,
  startedAt: Date,
): Promise<{ readonly ok: true; readonly value: Prepared } | Refusal> => {
  if (flags.trunk !== undefined && flags.pbx !== undefined)
    return refuse('both --trunk and --pbx are given', 'one of them: the side under test')
  const catalogue = await readCatalogue()
  if (!catalogue.ok) return refuse(faultLines(catalogue.faults).trim(), 'trunkproof validate')
  const config = readConfig(flags, around)
  if (!config.ok) return config
  const id = flags.profile ?? config.value.profile ?? defaultProfile
  const profile = profileOf(catalogue.value, id)
  if (profile === undefined)
    return refuse(
      `there is no profile ${JSON.stringify(id)}`,
      `one of ${catalogue.value.profiles.map((p) => p.id).join(', ')}`,
    )
  const { ladder } = flags
  if (ladder !== undefined && !catalogue.value.ladders.some((one) => globMatches(ladder, one.id)))
    return refuse(`no ladder matches ${JSON.stringify(ladder)}`, 'trunkproof list ladders')
  const named = namedOf(flags, config.value)
  if (!named.ok)
    return refuse(
      named.fault.rule.startsWith('next-hop') ? named.fault.saw : explain(named.fault),
      '--pbx sip:10.0.0.5:5060',
    )
  const credentials = named.value === undefined ? ok(undefined) : credentialsOf(config.value, around)
  if (!credentials.ok) return refuse(credentials.fault.saw, 'setting it, or another place in trunkproof.yaml')
  const bind = flags.bind === undefined ? undefined : parseBind(flags.bind)
  if (flags.bind !== undefined && bind === undefined)
    return refuse(`--bind ${flags.bind} is no address of this host`, '--bind 10.0.0.9:5060')
  const rtpPorts = flags.rtpPorts === undefined ? undefined : parsePorts(flags.rtpPorts)
  if (flags.rtpPorts !== undefined && rtpPorts === undefined)
    return refuse(`--rtp-ports ${flags.rtpPorts} is no range of ports`, '--rtp-ports 20000-20100')
  const overrides = parseResolve(flags.resolve ?? [])
  if (overrides === undefined)
    return refuse('--resolve wants host=address', '--resolve euc1.vp.sip.sinch.com=192.0.2.10')
  return ok({
    version: packageVersion(),
    catalogue: catalogue.value,
    profile,
    named: named.value,
    ladderGlob: ladder,
    folder:
      flags.out === undefined ? runFolder(undefined, around.cwd, startedAt, id) : join(resolve(around.cwd, flags.out)),
    domain: flags.domain,
    bind,
    advertise: flags.advertise,
    rtpPorts,
    resolve: overrides,
    keepSecrets: flags.keepSecrets === true,
    config: config.value,
    credentials: credentials.value,
  })
}

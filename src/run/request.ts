import { join, resolve } from 'node:path'
import { isIpLiteral } from '../core/address.ts'
import type { Transport } from '../core/frame.ts'
import { type Result, explain, ok } from '../core/result.ts'
import { type ConfiguredMeans, type UserConfig, stimulusNames } from '../config/schema.ts'
import type { Means } from '../play/configured.ts'
import type { LoadFault } from '../profile/document.ts'
import { isBase } from '../profile/load.ts'
import type { Stimulus } from '../scenario/ladder.ts'
import { type Known, baselineOf } from './baseline.ts'
import {
  type Catalogue,
  faultLines,
  readBase,
  readChecks,
  readLadders,
  readProfile,
  readProfiles,
} from './catalogue.ts'
import { type Execution, runFolder } from './execute.ts'
import { type NextHop, parseNextHop } from '../config/next-hop.ts'
import { globMatches } from './glob.ts'
import { bindOf } from './bind.ts'
import { type Checked, type Refusal, refuse } from './refusal.ts'
import { type Surroundings, accountsOf, credentialsOf, readConfig, secretOf } from './own-file.ts'
import { didYouMean } from './nearest.ts'
import { makeOutputFolder, readText } from './store.ts'
import { packageVersion } from './version.ts'
import { isHost, parsePorts, parseResolve, parseTransports } from './words.ts'

/** The words of the command line, as they were typed. */
export type RunFlags = {
  readonly profile: string | undefined
  readonly trunk?: string
  readonly pbx?: string
  readonly ladder?: string
  readonly out?: string
  readonly config?: string
  readonly transport?: string
  readonly domain?: string
  readonly bind?: string
  readonly advertise?: string
  readonly rtpPorts?: string
  readonly resolve?: readonly string[]
  readonly keepSecrets?: boolean
  readonly baseline?: string
}

export type Prepared = Omit<Execution, 'progress' | 'signal' | 'ask'>

const defaultProfile = 'sinch/eu'

type KnownStimuli = Pick<Execution, 'stimuli'> & {
  /** Those that they were made with. */
  readonly secrets: readonly string[]
}

/** A stimulus with the secrets that its header fields name; the schema let exactly one way through. */
const meansOf = (
  { command = [], http, prompt }: ConfiguredMeans,
  around: Surroundings,
): Result<{ readonly means: Means; readonly secrets: readonly string[] }> => {
  if (prompt !== undefined) return ok({ means: { prompt }, secrets: [] })
  if (http === undefined) return ok({ means: { command }, secrets: [] })
  const { url, method = 'POST', headers = {}, body } = http
  const known: Record<string, string> = {}
  const secrets: string[] = []
  for (const [name, source] of Object.entries(headers)) {
    const value = typeof source === 'string' ? ok(source) : secretOf(source, around)
    if (!value.ok) return value
    known[name] = value.value
    if (typeof source !== 'string') secrets.push(value.value)
  }
  return ok({ means: { http: { url, method, headers: known, body } }, secrets })
}

/** The means of each stimulus, with their secrets. */
export const stimuliOf = (config: UserConfig, around: Surroundings): Result<KnownStimuli> => {
  const stimuli: Partial<Record<Stimulus, Means>> = {}
  const secrets: string[] = []
  for (const name of stimulusNames) {
    const configured = config.stimulus?.[name]
    if (configured === undefined) continue
    const known = meansOf(configured, around)
    if (!known.ok) return known
    stimuli[name] = known.value.means
    secrets.push(...known.value.secrets)
  }
  return ok({ stimuli, secrets })
}

/** All that must be seen nowhere but where it is used. */
const secretsOf = (
  credentials: Execution['credentials'],
  accounts: Execution['accounts'],
  { secrets }: KnownStimuli,
): readonly string[] => [
  ...(credentials === undefined ? [] : [credentials.password]),
  ...accounts.map((account) => account.credentials.password),
  ...secrets,
]

/** The side under test and its next hop, by what was typed, else by the user's own file; nothing in an embedded run. */
export const namedOf = (
  flags: Pick<RunFlags, 'trunk' | 'pbx'>,
  config: UserConfig,
  [transport]: readonly Transport[] = [],
): Checked<Execution['named']> => {
  if (flags.trunk !== undefined && flags.pbx !== undefined)
    return refuse('both --trunk and --pbx are given', 'one of them: the side under test')
  const typed = flags.trunk !== undefined || flags.pbx !== undefined
  const trunk = typed ? flags.trunk : config.trunk
  const pbx = typed ? flags.pbx : config.pbx
  const uri = trunk ?? pbx
  if (uri === undefined) return ok(undefined)
  const side = trunk === undefined ? 'pbx' : 'trunk'
  const hop = parseNextHop(uri)
  if (hop.ok) return ok({ side, hop: transport === undefined ? hop.value : { ...hop.value, transport } })
  if (hop.fault.rule.startsWith('next-hop')) return refuse(hop.fault.saw, `--${side} sip:10.0.0.5:5060`)
  const meant = parseNextHop(`sip:${uri}`)
  return refuse(
    `${JSON.stringify(uri)} is no SIP URI: ${explain(hop.fault)}`,
    `--${side} ${meant.ok ? meant.value.uri : 'sip:10.0.0.5:5060'}`,
  )
}

/** Where the phone registers: what it says itself, else the PBX under test. */
export const registrarOf = ({ phone }: UserConfig, named: Execution['named']): Checked<NextHop | undefined> => {
  if (phone === undefined || named?.side !== 'pbx') return ok(undefined)
  if (phone.registrar === undefined) return ok(named.hop)
  const hop = parseNextHop(phone.registrar)
  return hop.ok
    ? hop
    : refuse(
        `phone.registrar: ${phone.registrar}: ${explain(hop.fault)}`,
        'a sip: URI over UDP or TCP as in sip:10.0.0.5:5060;transport=tcp',
      )
}

const readBaseline = (
  path: string | undefined,
  profile: string,
  { cwd }: Surroundings,
): Result<readonly Known[] | undefined> => {
  if (path === undefined) return ok(undefined)
  const text = readText(resolve(cwd, path))
  return text.ok ? baselineOf(text.value, profile) : text
}

/** A profile that is not there, and what was meant. */
export const unknownProfile = (id: string, { profiles }: Pick<Catalogue, 'profiles'>): Refusal => {
  const ids = profiles.map((profile) => profile.id)
  if (isBase(readBase(id)))
    return refuse(`${id} is what others extend, and no trunk by itself`, `one of ${ids.join(', ')}`)
  return refuse(`there is no profile ${JSON.stringify(id)}${didYouMean(id, ids)}`, `one of ${ids.join(', ')}`)
}

const refuseFiles = (faults: readonly LoadFault[]): Refusal => refuse(faultLines(faults).trim(), 'trunkproof validate')

const refuseProfile = (id: string): Refusal => {
  const profiles = readProfiles()
  return profiles.ok ? unknownProfile(id, { profiles: profiles.value }) : refuseFiles(profiles.faults)
}

/** Checks all that was asked for, before anything is sent. */
export const prepareRun = async (
  flags: RunFlags,
  around: Surroundings,
  startedAt: Date,
): Promise<Checked<Prepared>> => {
  const ladders = readLadders()
  if (!ladders.ok) return refuseFiles(ladders.faults)
  const config = readConfig(flags, around)
  if (!config.ok) return config
  const id = flags.profile ?? config.value.profile ?? defaultProfile
  const profile = readProfile(id)
  if (!profile.ok) return refuseFiles(profile.faults)
  if (profile.value === undefined) return refuseProfile(id)
  const { ladder } = flags
  if (ladder !== undefined && !ladders.value.some((one) => globMatches(ladder, one.id)))
    return refuse(
      `no ladder matches ${JSON.stringify(ladder)}${didYouMean(
        ladder,
        ladders.value.map((one) => one.id),
      )}`,
      'trunkproof list ladders',
    )
  const transports = flags.transport === undefined ? undefined : parseTransports(flags.transport)
  if (flags.transport !== undefined && transports === undefined)
    return refuse(`--transport ${flags.transport}: what is spoken is udp and tcp`, '--transport udp,tcp')
  const named = namedOf(flags, config.value, transports)
  if (!named.ok) return named
  const credentials = named.value === undefined ? ok(undefined) : credentialsOf(config.value, around)
  if (!credentials.ok) return refuse(credentials.fault.saw, 'setting it, or another place in trunkproof.yaml')
  const baseline = readBaseline(flags.baseline, id, around)
  if (!baseline.ok)
    return refuse(
      `--baseline ${flags.baseline ?? ''}: ${baseline.fault.saw}`,
      `the result.json of an earlier run of ${id}`,
    )
  const stimuli = named.value === undefined ? ok({ stimuli: {}, secrets: [] }) : stimuliOf(config.value, around)
  if (!stimuli.ok) return refuse(stimuli.fault.saw, 'setting it, or another place in trunkproof.yaml')
  const accounts = named.value?.side === 'pbx' ? accountsOf(config.value, around) : ok([])
  if (!accounts.ok) return refuse(accounts.fault.saw, 'setting it, or another place in trunkproof.yaml')
  const registrar = registrarOf(config.value, named.value)
  if (!registrar.ok) return registrar
  const bind = await bindOf(flags.bind, named.value?.hop)
  if (!bind.ok) return bind
  if (flags.advertise !== undefined && !isIpLiteral(flags.advertise))
    return refuse(`--advertise ${flags.advertise} is no IP address`, '--advertise 198.51.100.7')
  if (flags.domain !== undefined && !isHost(flags.domain))
    return refuse(`--domain ${flags.domain} is no host`, '--domain trunk.example.com')
  const rtpPorts = flags.rtpPorts === undefined ? undefined : parsePorts(flags.rtpPorts)
  if (flags.rtpPorts !== undefined && rtpPorts === undefined)
    return refuse(`--rtp-ports ${flags.rtpPorts} is no range with room for RTP and RTCP`, '--rtp-ports 20000-20100')
  const overrides = parseResolve(flags.resolve ?? [])
  if (overrides === undefined)
    return refuse('--resolve wants host=address', '--resolve euc1.vp.sip.sinch.com=192.0.2.10')
  const folder =
    flags.out === undefined ? runFolder(undefined, around.cwd, startedAt, id) : join(resolve(around.cwd, flags.out))
  const made = makeOutputFolder(folder)
  if (!made.ok) return refuse(`${folder} cannot be written: ${made.fault.saw}`, '--out with another folder')
  return ok({
    version: packageVersion(),
    catalogue: { ladders: ladders.value, checks: await readChecks() },
    profile: profile.value,
    named: named.value,
    transports,
    stimuli: stimuli.value.stimuli,
    secrets: secretsOf(credentials.value, accounts.value, stimuli.value),
    accounts: accounts.value,
    registrar: registrar.value,
    baseline: baseline.value,
    ladderGlob: ladder,
    folder,
    domain: flags.domain,
    bind: bind.value,
    advertise: flags.advertise,
    rtpPorts,
    resolve: overrides,
    keepSecrets: flags.keepSecrets === true,
    config: config.value,
    credentials: credentials.value,
  })
}

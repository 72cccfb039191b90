import { join } from 'node:path'
import type { Side } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { UserConfig } from '../config/schema.ts'
import { seamsOf } from '../embedded/seam.ts'
import { systemClock } from '../net/clock.ts'
import { systemToken } from '../net/entropy.ts'
import { resolveHost } from '../net/resolve.ts'
import { createTicker } from '../net/ticker.ts'
import { type Ask, type Means, configuredStimuli } from '../play/configured.ts'
import type { Account } from '../play/phone-registration.ts'
import { phoneMoves } from '../play/phone-stimuli.ts'
import { noStimuli } from '../play/stimulus.ts'
import { forwardingOf } from '../profile/forwarding.ts'
import type { PortRange, Profile } from '../profile/profile.ts'
import type { RunResult } from '../report/result.ts'
import type { Stimulus } from '../scenario/ladder.ts'
import type { Credentials } from '../sip/digest.ts'
import { showHost } from '../sip/uri.ts'
import type { Known } from './baseline.ts'
import type { Catalogue } from './catalogue.ts'
import { namedContract } from './contract.ts'
import { runEmbedded } from './embedded.ts'
import type { PhoneSettings } from './ladder-options.ts'
import type { NextHop } from '../config/next-hop.ts'
import { namedSut, namedTimers } from './named-sut.ts'
import { annotateCapture, openOutput, writeReports } from './output.ts'
import { globMatches } from './glob.ts'
import { type Progress, runTrunk } from './run.ts'

/** A run as the command line asks for it; all of it checked already. */
export type Execution = {
  readonly version: string
  readonly catalogue: Pick<Catalogue, 'ladders' | 'checks'>
  readonly profile: Profile
  readonly named: { readonly side: Side; readonly hop: NextHop } | undefined
  /** `--transport`; else that of the next hop, or all. */
  readonly transports: readonly Transport[] | undefined
  readonly ladderGlob: string | undefined
  readonly folder: string
  readonly domain: string | undefined
  readonly bind: Endpoint | undefined
  readonly advertise: string | undefined
  readonly rtpPorts: PortRange | undefined
  readonly resolve: ReadonlyMap<string, string>
  readonly keepSecrets: boolean
  readonly config: UserConfig
  readonly credentials: Credentials | undefined
  /** What `config` gives for each, with its secrets. */
  readonly stimuli: Readonly<Partial<Record<Stimulus, Means>>>
  /** What no reason of a stimulus may show. */
  readonly secrets: readonly string[]
  /** Nothing where nobody can be asked. */
  readonly ask: Ask | undefined
  /** Those of the phone behind the PBX under test, and where they register. */
  readonly accounts: readonly Account[]
  readonly registrar: NextHop | undefined
  readonly baseline: readonly Known[] | undefined
  readonly progress: Progress
  readonly signal: AbortSignal
}

const folderName = (startedAt: Date, profile: string): string =>
  `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}-${profile.replaceAll('/', '-')}`

/** Against a named SUT the numbers of the user's own file are called, and those alone, so many and so long. */
const defaultLimits = { calls: 50, seconds: 600 }

/** Performs the run and writes all that it leaves behind into its folder. */
export const execute = async (execution: Execution): Promise<RunResult> => {
  const output = openOutput(execution.folder)
  try {
    const result =
      execution.named === undefined ? await offline(execution, output) : await real(execution, execution.named, output)
    output.close()
    writeReports(output.folder, result)
    annotateCapture(output.folder, result)
    return result
  } finally {
    output.close()
  }
}

type Sinks = Pick<ReturnType<typeof openOutput>, 'capture' | 'journal'>

const laddersOf = ({ catalogue, ladderGlob }: Execution) =>
  catalogue.ladders.filter(({ id }) => ladderGlob === undefined || globMatches(ladderGlob, id))

/** An embedded run has addresses and ports of its own: what was asked for in vain is told. */
const unusedNotes = ({ advertise, rtpPorts, resolve }: Execution): readonly string[] => {
  const unused = [
    ...(advertise === undefined ? [] : ['--advertise']),
    ...(rtpPorts === undefined ? [] : ['--rtp-ports']),
    ...(resolve.size === 0 ? [] : ['--resolve']),
  ]
  return unused.length === 0 ? [] : [`not used: ${unused.join(', ')}, which a run against --trunk or --pbx uses`]
}

const offline = (execution: Execution, { capture, journal }: Sinks): Promise<RunResult> => {
  const { version, profile, catalogue, config, domain, bind, keepSecrets, progress, signal } = execution
  return runEmbedded({
    version,
    profile,
    ladders: laddersOf(execution),
    checks: catalogue.checks,
    sides: ['pbx', 'trunk'],
    bind: bind?.address ?? '127.0.0.1',
    keepSecrets,
    waivers: config.waivers ?? [],
    baseline: execution.baseline,
    notes: unusedNotes(execution),
    seams: () => seamsOf(),
    capture,
    journal,
    progress,
    signal,
    domain,
    transports: execution.transports,
  })
}

const real = async (
  execution: Execution,
  named: NonNullable<Execution['named']>,
  { capture, journal }: Sinks,
): Promise<RunResult> => {
  const { profile, config, credentials, domain } = execution
  const clock = systemClock()
  const phone = await phoneOf(execution)
  const contract = namedContract(profile, {
    numbers: config.numbers ?? {},
    forwarding: config.forwarding === undefined ? undefined : forwardingOf(config.forwarding),
    phone: phone === undefined ? undefined : { dialPlan: phone.dialPlan, dids: didsOf(config) },
    username: credentials?.username,
    transports: execution.transports ?? [named.hop.transport],
    supports: config.supports ?? {},
    echoes: config.echoes ?? false,
    ...(domain === undefined ? {} : { domain }),
  })
  const stimuli =
    config.stimulus === undefined ? noStimuli : configuredStimuli(execution.stimuli, { ...execution, clock })
  const { side, hop } = named
  const { checks } = execution.catalogue
  const common = { side, hop, stimuli, clock, contract, checks, resolve: execution.resolve }
  const { sut, local } = await namedSut({ ...common, moves: phone === undefined ? undefined : phoneMoves })
  const bind = execution.bind ?? { address: local ?? '0.0.0.0', port: 0 }
  return runTrunk({
    ...execution,
    ladders: laddersOf(execution),
    checks,
    contract,
    sut,
    world: { clock, token: systemToken },
    ticker: createTicker(clock),
    timers: namedTimers,
    bind,
    loopbackOnly: false,
    phone,
    concurrency: 1,
    waivers: config.waivers ?? [],
    baseline: execution.baseline,
    limits: { ...defaultLimits, ...config.limits },
    startedAtUs: Math.round((Date.now() - clock.nowMs()) * 1000),
    notes: [`our side is at ${bind.address}:${bind.port === 0 ? '(any free port)' : bind.port}`],
    capture,
    journal,
  })
}

/** The numbers at which the phone rings when they are called, each once. */
const didsOf = ({ phone, numbers }: UserConfig): readonly string[] => {
  const dids = (phone?.extensions ?? []).map(({ did }) => did ?? numbers?.did)
  return [...new Set(dids.filter((did) => did !== undefined))]
}

/** Nothing where there is none, or its registrar has no address: what needs it is then not applicable. */
const phoneOf = async ({ accounts, registrar, config, resolve }: Execution): Promise<PhoneSettings | undefined> => {
  if (registrar === undefined || accounts.length === 0) return undefined
  const address = await resolveHost(registrar.host, resolve)
  if (!address.ok) return undefined
  const { port } = registrar
  const transport = config.phone?.registrar === undefined ? undefined : registrar.transport
  const place = `${showHost(registrar.host)}${port === 5060 ? '' : `:${port}`}`
  return {
    accounts,
    registrar: {
      endpoint: { address: address.value, port },
      transport,
      domain: config.phone?.domain ?? place,
      said: {},
    },
    dialPlan: config.phone?.dialPlan ?? [],
  }
}

export const runFolder = (out: string | undefined, cwd: string, startedAt: Date, profile: string): string =>
  out ?? join(cwd, 'reports', folderName(startedAt, profile))

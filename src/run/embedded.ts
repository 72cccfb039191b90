import type { Side } from '../core/finding.ts'
import type { Transport } from '../core/frame.ts'
import type { Token } from '../core/world.ts'
import type { Waiver } from '../config/schema.ts'
import type { Check } from '../check/check.ts'
import type { Seams } from '../embedded/seam.ts'
import { systemClock } from '../net/clock.ts'
import { systemToken } from '../net/entropy.ts'
import { createTicker } from '../net/ticker.ts'
import type { Profile } from '../profile/profile.ts'
import type { RunResult } from '../report/result.ts'
import type { Ladder } from '../scenario/ladder.ts'
import { timersOf } from '../session/timers.ts'
import type { Credentials } from '../sip/digest.ts'
import type { Known } from './baseline.ts'
import { embeddedContract } from './contract.ts'
import { embeddedPhone } from './numbers.ts'
import { embeddedSut } from './embedded-sut.ts'
import { type Progress, runTrunk } from './run.ts'

/** T1 of an embedded run: loopback answers at once, so patience can be short (RFC 3261 §17.1.1.1 allows it on a closed net). */
const embeddedTimers = timersOf(100)

export type EmbeddedRunOptions = {
  readonly version: string
  readonly profile: Profile
  readonly domain?: string | undefined
  readonly transports?: readonly Transport[] | undefined
  readonly ladders: readonly Ladder[]
  readonly checks: readonly Check[]
  readonly sides: readonly Side[]
  readonly bind: string
  readonly keepSecrets: boolean
  readonly waivers: readonly Waiver[]
  readonly baseline?: readonly Known[] | undefined
  readonly notes: readonly string[]
  readonly seams: (side: Side) => Seams
  /** Called for each embedded party that has ended: whether its seam did something. */
  readonly onFired?: (fired: boolean) => void
  readonly capture: (bytes: Uint8Array) => void
  readonly journal: (line: string) => void
  readonly progress: Progress
  readonly signal: AbortSignal
}

const madeCredentials = (token: Token): Credentials => ({ username: `trunk-${token(32)}`, password: token(128) })

/** Plays ladders against our own trunk and PBX, on loopback, all at the same time. */
export const runEmbedded = (options: EmbeddedRunOptions): Promise<RunResult> => {
  const clock = systemClock()
  const world = { clock, token: systemToken }
  const ticker = createTicker(clock)
  const credentials = madeCredentials(world.token)
  const extension = { user: embeddedPhone.extension, credentials: madeCredentials(world.token) }
  const { bind, onFired } = options
  return runTrunk({
    ...options,
    contract: embeddedContract(options.profile, bind, credentials.username, options),
    credentials,
    sut: embeddedSut({
      world,
      ticker,
      timers: embeddedTimers,
      credentials,
      extension,
      bind,
      sides: options.sides,
      seams: options.seams,
      onClosed: (party) => onFired?.(party.fired()),
    }),
    world,
    ticker,
    timers: embeddedTimers,
    bind: { address: bind, port: 0 },
    advertise: undefined,
    rtpPorts: undefined,
    loopbackOnly: true,
    phone: { accounts: [extension], registrar: undefined, dialPlan: embeddedPhone.dialPlan },
    waivers: options.waivers,
    concurrency: Number.POSITIVE_INFINITY,
    limits: { calls: Number.POSITIVE_INFINITY, seconds: Number.POSITIVE_INFINITY },
    startedAtUs: Math.round((Date.now() - clock.nowMs()) * 1000),
  })
}

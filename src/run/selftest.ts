import { type Side, otherSide } from '../core/finding.ts'
import type { Finding } from '../core/finding.ts'
import type { Check } from '../check/check.ts'
import { seamsOf } from '../embedded/seam.ts'
import type { Profile } from '../profile/profile.ts'
import type { LadderResult, RunResult } from '../report/result.ts'
import type { Ladder } from '../scenario/ladder.ts'
import { runEmbedded } from './embedded.ts'
import { type CatalogueFault, brokenIn, isFaultOf } from './fault.ts'
import { silentProgress } from './run.ts'

/** One fault in one profile, as it went. */
export type FaultRun = {
  readonly fault: string
  readonly profile: string
  readonly check: string
  readonly fired: boolean
  readonly detected: boolean
  readonly falseAlarms: readonly string[]
}

export type Selftest = {
  /** It was ended before all was tried: the rest tells of what was tried. */
  readonly interrupted: boolean
  readonly faults: number
  readonly detected: number
  /** `fault (profile): why`. */
  readonly missed: readonly string[]
  readonly falseAlarms: readonly string[]
  readonly ladders: number
  readonly cleanFailures: readonly string[]
  readonly redundant: readonly string[]
  /** Checks that no fault makes fail. */
  readonly unproved: readonly string[]
}

export type SelftestOptions = {
  readonly version: string
  readonly profiles: readonly Profile[]
  readonly ladders: readonly Ladder[]
  readonly checks: readonly Check[]
  readonly faults: readonly CatalogueFault[]
  readonly bind: string
  /** Fault runs at a time: each plays one or a few ladders. */
  readonly concurrency: number
  /** Where the capture of one run goes: `clean` or the fault's id. */
  readonly capture: (profile: string, name: string) => (bytes: Uint8Array) => void
  readonly onRun: (line: string) => void
  readonly signal: AbortSignal
}

const alarms = new Set(['fail', 'warn', 'error'])

const tell = (ladder: string, { verdict, check, subject, actual }: Finding): string =>
  `${ladder}: ${verdict} ${check} (${subject}): ${actual ?? ''}`

const bad = (result: RunResult, wanted: ReadonlySet<string>): readonly string[] =>
  result.ladders.flatMap(({ id, side, findings }) =>
    findings.filter(({ verdict }) => wanted.has(verdict)).map((finding) => tell(`${id} [${side}]`, finding)),
  )

const play = (
  options: SelftestOptions,
  profile: Profile,
  more: Pick<Parameters<typeof runEmbedded>[0], 'ladders' | 'sides' | 'seams' | 'capture'> & {
    readonly onFired?: (fired: boolean) => void
  },
) =>
  runEmbedded({
    version: options.version,
    profile,
    checks: options.checks,
    bind: options.bind,
    keepSecrets: true,
    waivers: [],
    notes: [],
    journal: () => undefined,
    progress: silentProgress,
    signal: options.signal,
    ...more,
  })

/** A finding that says what is wrong; silence can only be told as inconclusive, and so it is told. */
const tells = ({ verdict, actual }: Finding): boolean =>
  alarms.has(verdict) || (verdict === 'inconclusive' && actual?.startsWith('because of') !== true)

/** A fault must fire, make its own check fail (or warn, where the rule is a SHOULD), and disturb no other. */
const tryFault = async (options: SelftestOptions, profile: Profile, fault: CatalogueFault): Promise<FaultRun> => {
  const ladders = options.ladders.filter(({ id }) => fault.ladders.includes(id))
  let fired = false
  const result = await play(options, profile, {
    ladders,
    sides: [fault.side],
    seams: () => seamsOf(fault.spec),
    capture: options.capture(profile.id, fault.id),
    onFired: (did) => {
      fired ||= did
    },
  })
  const findings = result.ladders.flatMap((ladder) => ladder.findings.map((finding) => ({ ladder, finding })))
  const own = findings.filter(({ finding }) => finding.check === fault.check && tells(finding))
  const others = findings.filter(({ finding }) => finding.check !== fault.check && alarms.has(finding.verdict))
  const blamed = own.filter(({ finding }) => finding.verdict === 'error' || finding.atFault === otherSide(fault.side))
  /** A ladder in which the fault is said to show, and that was played without a sign of it. */
  const isBlind = ({ id, verdict }: LadderResult): boolean =>
    verdict !== 'not-applicable' && !own.some(({ ladder }) => ladder.id === id)
  const name = `${fault.id} (${profile.id})`
  return {
    fault: fault.id,
    profile: profile.id,
    check: fault.check,
    fired,
    detected: own.length > 0 && !result.ladders.some(isBlind),
    falseAlarms: [...others, ...blamed].map(({ ladder, finding }) => `${name}: ${tell(ladder.id, finding)}`),
  }
}

/** Two faults prove the same when check, side, seam and requirement are the same; where no document states one, the ladder. */
const redundantFaults = (faults: readonly CatalogueFault[], profile: Profile): readonly string[] => {
  const seen = new Map<string, string>()
  return faults.flatMap((fault) => {
    const rows = profile.requirements[fault.check] ?? []
    const ids = fault.requirement ?? rows.flatMap((row) => brokenIn(fault, row))
    const stated = ids.length > 0 ? ids : fault.ladders
    const key = [fault.check, fault.side, fault.spec.seam, stated.join(' ')].join('|')
    const earlier = seen.get(key)
    seen.set(key, earlier ?? fault.id)
    return earlier === undefined ? [] : [`${fault.id} proves what ${earlier} proves (${profile.id})`]
  })
}

/** Some rules one provider alone documents: of those the profiles that were not asked for have the faults. */
const provedElsewhere = (check: string, { faults, profiles }: SelftestOptions): boolean => {
  const own = faults.filter((fault) => fault.check === check)
  return own.length > 0 && !own.some((fault) => profiles.some((profile) => isFaultOf(profile, fault)))
}

/** Clean runs of each profile, then each fault of the catalogue alone: every check must be able to fail, and only then. */
export const selftest = async (options: SelftestOptions): Promise<Selftest> => {
  const { profiles, faults, checks, signal } = options
  const isStopped = (): boolean => signal.aborted
  const cleanFailures: string[] = []
  let ladders = 0
  for (const profile of profiles) {
    const sides: readonly Side[] = ['pbx', 'trunk']
    const clean = await play(options, profile, {
      ladders: options.ladders,
      sides,
      seams: () => seamsOf(),
      capture: options.capture(profile.id, 'clean'),
    })
    if (isStopped()) break
    const played = clean.ladders.filter(({ verdict }) => verdict !== 'not-applicable')
    ladders += played.length
    const found = bad(clean, new Set(['fail', 'warn', 'error', 'inconclusive'])).map((line) => `${profile.id}: ${line}`)
    cleanFailures.push(...found)
    options.onRun(`${profile.id}: clean, ${played.length} ladders, ${found.length} failures`)
  }
  const runs: FaultRun[] = []
  const queue = profiles.flatMap((profile) =>
    faults.filter((fault) => isFaultOf(profile, fault)).map((fault) => ({ profile, fault })),
  )
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !isStopped(); next = queue.shift()) {
      const run = await tryFault(options, next.profile, next.fault)
      if (isStopped()) return // it was cut off, and proves nothing
      runs.push(run)
      const verdict = run.detected && run.fired ? 'found' : 'MISSED'
      options.onRun(`${run.profile}: ${run.fault}: ${verdict} by ${run.check}, ${run.falseAlarms.length} false alarms`)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, worker))
  const right = runs.filter(({ detected, fired }) => detected && fired)
  const proved = new Set(right.map(({ check }) => check))
  return {
    interrupted: isStopped(),
    faults: runs.length,
    detected: right.length,
    missed: runs
      .filter((run) => !right.includes(run))
      .map(
        ({ fault, profile, check, fired }) =>
          `${fault} (${profile}): ${fired ? `${check} did not see it` : 'it did not fire'}`,
      ),
    falseAlarms: runs.flatMap((run) => run.falseAlarms),
    ladders,
    cleanFailures,
    redundant: profiles.flatMap((profile) =>
      redundantFaults(
        faults.filter((fault) => isFaultOf(profile, fault)),
        profile,
      ),
    ),
    unproved: isStopped()
      ? []
      : checks.map(({ id }) => id).filter((id) => !proved.has(id) && !provedElsewhere(id, options)),
  }
}

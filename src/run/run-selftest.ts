import { join } from 'node:path'
import { type Catalogue, faultLines, readCatalogue } from './catalogue.ts'
import { globMatches } from './glob.ts'
import { didYouMean } from './nearest.ts'
import { type Refusal, refuse } from './refusal.ts'
import { unknownProfile } from './request.ts'
import { type Selftest, selftest } from './selftest.ts'
import { makeOutputFolder, openAppend } from './store.ts'
import { packageVersion } from './version.ts'

export type SelftestRequest = {
  /** Ids; none means all. */
  readonly profiles: readonly string[]
  /** Globs of ids; none means all. */
  readonly faults?: readonly string[]
  /** Where captures are kept; none are where it is left out. */
  readonly folder: string | undefined
  readonly onRun: (line: string) => void
  readonly signal: AbortSignal
}

/** Two cores pace this many fault runs without being late. */
const concurrency = 8

const chosen = ({ profiles }: Catalogue, ids: readonly string[]) =>
  ids.length === 0 ? profiles : profiles.filter(({ id }) => ids.includes(id))

/** Those that a glob matches, or the glob that matches none. */
const matching = (faults: Catalogue['faults'], globs: readonly string[]) => {
  const all = globs.length === 0
  const idle = globs.find((glob) => !faults.some(({ id }) => globMatches(glob, id)))
  const found = faults.filter(({ id }) => all || globs.some((glob) => globMatches(glob, id)))
  return { idle, found, all }
}

export const runSelftest = async ({
  profiles: ids,
  faults: globs = [],
  folder,
  onRun,
  signal,
}: SelftestRequest): Promise<{ readonly ok: true; readonly value: Selftest } | Refusal> => {
  const catalogue = await readCatalogue()
  if (!catalogue.ok) return { ok: false, what: faultLines(catalogue.faults).trim(), advice: 'trunkproof validate' }
  const { ladders, checks, faults } = catalogue.value
  const unknown = ids.find((id) => !catalogue.value.profiles.some((profile) => profile.id === id))
  if (unknown !== undefined) return unknownProfile(unknown, catalogue.value)
  const { idle, found, all } = matching(faults, globs)
  if (idle !== undefined) {
    const nearest = didYouMean(
      idle,
      faults.map(({ id }) => id),
    )
    return refuse(`no fault matches ${JSON.stringify(idle)}${nearest}`, 'trunkproof list faults')
  }
  const made = folder === undefined ? undefined : makeOutputFolder(folder)
  if (made?.ok === false) return refuse(`${folder} cannot be written: ${made.fault.saw}`, '--out with another folder')
  const value = await selftest({
    version: packageVersion(),
    profiles: chosen(catalogue.value, ids),
    ladders: all ? ladders : ladders.filter(({ id }) => found.some((fault) => fault.ladders.includes(id))),
    checks,
    faults: found,
    bind: '127.0.0.1',
    concurrency,
    capture: (profile, name) => {
      if (folder === undefined) return () => undefined
      return openAppend(join(folder, profile.replaceAll('/', '-'), `${name}.pcapng`)).append
    },
    onRun,
    signal,
  })
  // Of faults that were not asked for, nothing is known.
  const unproved = value.unproved.filter((id) => all || found.some(({ check }) => check === id))
  return { ok: true, value: { ...value, unproved } }
}

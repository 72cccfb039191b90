import { join } from 'node:path'
import { type Catalogue, faultLines, readCatalogue } from './catalogue.ts'
import { type Refusal, refuse } from './refusal.ts'
import { unknownProfile } from './request.ts'
import { type Selftest, selftest } from './selftest.ts'
import { makeOutputFolder, openAppend } from './store.ts'
import { packageVersion } from './version.ts'

export type SelftestRequest = {
  /** Ids; none means all. */
  readonly profiles: readonly string[]
  /** Where captures are kept; none are where it is left out. */
  readonly folder: string | undefined
  readonly onRun: (line: string) => void
  readonly signal: AbortSignal
}

/** Two cores pace this many fault runs without being late. */
const concurrency = 8

const chosen = ({ profiles }: Catalogue, ids: readonly string[]) =>
  ids.length === 0 ? profiles : profiles.filter(({ id }) => ids.includes(id))

export const runSelftest = async ({
  profiles: ids,
  folder,
  onRun,
  signal,
}: SelftestRequest): Promise<{ readonly ok: true; readonly value: Selftest } | Refusal> => {
  const catalogue = await readCatalogue()
  if (!catalogue.ok) return { ok: false, what: faultLines(catalogue.faults).trim(), advice: 'trunkproof validate' }
  const { ladders, checks, faults } = catalogue.value
  const unknown = ids.find((id) => !catalogue.value.profiles.some((profile) => profile.id === id))
  if (unknown !== undefined) return unknownProfile(unknown, catalogue.value)
  const made = folder === undefined ? undefined : makeOutputFolder(folder)
  if (made?.ok === false) return refuse(`${folder} cannot be written: ${made.fault.saw}`, '--out with another folder')
  const value = await selftest({
    version: packageVersion(),
    profiles: chosen(catalogue.value, ids),
    ladders,
    checks,
    faults,
    bind: '127.0.0.1',
    concurrency,
    capture: (profile, name) => {
      if (folder === undefined) return () => undefined
      return openAppend(join(folder, profile.replaceAll('/', '-'), `${name}.pcapng`)).append
    },
    onRun,
    signal,
  })
  return { ok: true, value }
}

import type { Side } from '../../src/core/finding.ts'
import type { JournalLine } from '../../src/core/journal.ts'
import { seamsOf } from '../../src/embedded/seam.ts'
import type { LadderResult, RunResult } from '../../src/report/result.ts'
import { faultLines, readCatalogue } from '../../src/run/catalogue.ts'
import { runEmbedded } from '../../src/run/embedded.ts'
import { silentProgress } from '../../src/run/run.ts'
import type { Ladder } from '../../src/scenario/ladder.ts'

const read = await readCatalogue()
if (!read.ok) throw new Error(faultLines(read.faults))

/** All that the package knows. */
export const catalogue = read.value

/** An embedded run and what it would have left on disk. */
export type KeptRun = {
  readonly result: RunResult
  readonly capture: Uint8Array
  readonly journal: string
}

export type KeptRunOptions = {
  readonly profile: string
  readonly bind?: string
  readonly keepSecrets?: boolean
  readonly sides?: readonly Side[]
  readonly ladders?: readonly Ladder[]
  readonly signal?: AbortSignal
}

/** Plays ladders (all of them where none are given) against our own parties, in memory. */
export const keptRun = async (options: KeptRunOptions): Promise<KeptRun> => {
  const profile = catalogue.profiles.find(({ id }) => id === options.profile)
  if (profile === undefined) throw new Error(`there is no profile ${options.profile}`)
  const pieces: Uint8Array[] = []
  const lines: string[] = []
  const result = await runEmbedded({
    version: '0.0.0',
    profile,
    ladders: options.ladders ?? catalogue.ladders,
    checks: catalogue.checks,
    sides: options.sides ?? ['pbx', 'trunk'],
    bind: options.bind ?? '127.0.0.1',
    keepSecrets: options.keepSecrets ?? false,
    waivers: [],
    notes: [],
    seams: () => seamsOf(),
    capture: (bytes) => pieces.push(bytes),
    journal: (line) => lines.push(line),
    progress: silentProgress,
    signal: options.signal ?? new AbortController().signal,
  })
  return { result, capture: Buffer.concat(pieces), journal: lines.join('') }
}

export const journalLines = (journal: string): readonly JournalLine[] =>
  journal
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine)

/** `id [side] cell` of a ladder run. */
export const nameOf = ({ id, side, cell }: Pick<LadderResult, 'id' | 'side' | 'cell'>): string =>
  `${id} [${side}]${cell === '' ? '' : ` ${cell}`}`

import { setMaxListeners } from 'node:events'
import type { Side, Verdict } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { Check } from '../check/check.ts'
import type { Waiver } from '../config/schema.ts'
import type { Contract } from '../profile/contract.ts'
import type { LadderResult, RunResult } from '../report/result.ts'
import type { Ladder, Stimulus } from '../scenario/ladder.ts'
import { asInResult, ladderResult, notPlayed, runResult } from './assemble.ts'
import type { LadderMeta, RunHeader } from './header.ts'
import type { Known } from './baseline.ts'
import type { FarEnd, LadderRunOptions, PlaySettings } from './ladder-options.ts'
import { metaOf, runLadder } from './ladder-run.ts'
import { type Planned, planRuns, waitingMs } from './plan.ts'
import { type RunRecorder, createRunRecorder, mostReceivedBytes } from './recorder.ts'

/** What a terminal or a log is told while a run goes on. */
export type Progress = {
  readonly plan: (ladders: readonly { readonly key: number; readonly title: string }[]) => void
  readonly started: (key: number) => void
  readonly finished: (key: number, verdict: Verdict, text: string) => void
  readonly done: () => Promise<void>
}

export const silentProgress: Progress = {
  plan: () => undefined,
  started: () => undefined,
  finished: () => undefined,
  done: () => Promise.resolve(),
}

/** The system under test of a run. */
export type Sut = {
  /** `embedded`, or the URI as the user gave it. */
  readonly name: string
  readonly sides: readonly Side[]
  readonly stimuli: (side: Side) => ReadonlySet<Stimulus>
  /** What a person would be asked to do, where nobody can be. */
  readonly unasked?: ReadonlySet<Stimulus> | undefined
  readonly farEnd: (side: Side, us: () => Endpoint, contract: Contract, transport: Transport) => Promise<FarEnd>
  /** Before each ladder of a named SUT: why it cannot be reached now, if so. The probe leaves its frames in the recorder. */
  readonly unreachable?: (recorder: RunRecorder, transport: Transport) => Promise<LadderResult | undefined>
}

export type RunOptions = PlaySettings & {
  readonly version: string
  readonly ladders: readonly Ladder[]
  readonly checks: readonly Check[]
  readonly sut: Sut
  /** Ladders at a time: all of them against an embedded SUT, one against a named one. */
  readonly concurrency: number
  readonly limits: { readonly calls: number; readonly seconds: number }
  readonly keepSecrets: boolean
  readonly waivers: readonly Waiver[]
  readonly baseline?: readonly Known[] | undefined
  readonly startedAtUs: number
  readonly notes: readonly string[]
  readonly capture: (bytes: Uint8Array) => void
  readonly journal: (line: string) => void
  readonly progress: Progress
}

const titleOf = ({ id, side, cell }: Omit<LadderMeta, 'title' | 'breaks'>): string =>
  `${id} [${side}]${cell === '' ? '' : ` ${cell}`}`

/** Plays all ladders that can be played, judges them, and gives back the result. Never rejects for what a peer does. */
export const runTrunk = async (options: RunOptions): Promise<RunResult> => {
  const { contract, sut, world, checks, progress, signal } = options
  const { clock } = world
  setMaxListeners(0, signal) // one for each interval of each ladder
  const plan = planRuns(options.ladders, sut.sides, contract, sut.stimuli, sut.unasked)
  const header: RunHeader = {
    tool: 'trunkproof',
    version: options.version,
    sut: sut.name,
    startedAt: new Date(options.startedAtUs / 1000).toISOString(),
    startedAtUs: options.startedAtUs,
    contract,
    notes: [...contract.overlay, ...options.notes],
    skipped: plan.skipped,
    waivers: options.waivers,
    baseline: options.baseline,
    keptSecrets: options.keepSecrets,
  }
  const recorder = createRunRecorder({
    clock,
    mostReceivedBytes,
    header,
    capture: options.capture,
    journalText: options.journal,
  })
  progress.plan(plan.runs.map((planned, key) => ({ key, title: titleOf({ ...metaOf(planned) }) })))

  const results: LadderResult[] = []
  const unreachable = new Map<Transport, LadderResult>()
  let played = 0

  const refusal = (transport: Transport): string | undefined => {
    if (signal.aborted) return 'the run was interrupted'
    if (unreachable.has(transport)) return 'because of sut-unreachable'
    if (played >= options.limits.calls) return `the limit of ${options.limits.calls} calls was reached`
    return clock.nowMs() >= options.limits.seconds * 1000
      ? `the limit of ${options.limits.seconds} s was reached`
      : undefined
  }

  const playOne = async (planned: Planned, key: number): Promise<LadderResult> => {
    const meta = metaOf(planned)
    const { transport } = planned.cell
    if (!signal.aborted && !unreachable.has(transport)) {
      const found = await sut.unreachable?.(recorder, transport)
      if (found !== undefined) unreachable.set(transport, found)
    }
    const reason = refusal(transport)
    if (reason !== undefined) {
      recorder.ladder(meta, () => undefined).end({ outcomes: [], durationMs: 0, left: [], notPlayed: reason })
      progress.finished(key, 'inconclusive', reason)
      return notPlayed(meta, 'inconclusive', reason)
    }
    played += 1
    progress.started(key)
    const farEnd: LadderRunOptions['farEnd'] = (side, us, transport) => sut.farEnd(side, us, contract, transport)
    const record = await runLadder({ ...options, planned, recorder, farEnd })
    const result = ladderResult(record, checks, contract)
    const told = asInResult(header, result)
    progress.finished(key, told.verdict, worstText(told))
    return result
  }

  const keyed = plan.runs.map((planned, key) => ({ planned, key }))
  const queue = options.concurrency === 1 ? keyed : keyed.sort((a, b) => waitingMs(b.planned) - waitingMs(a.planned))
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results[next.key] = await playOne(next.planned, next.key)
  }
  // A turn of the event loop between two of them: the longest ladders, first in the queue, are on their way before the
  // others open their ports.
  const workers: Promise<void>[] = []
  while (workers.length < options.concurrency && queue.length > 0) {
    workers.push(worker())
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(workers)
  await progress.done()

  const durationMs = clock.nowMs()
  recorder.close()
  recorder.journal({ type: 'run-end', timeMs: durationMs, interrupted: signal.aborted })
  const skipped = plan.skipped.map(({ reason, ...meta }) => notPlayed(meta, 'not-applicable', reason))
  const ladders = [...unreachable.values(), ...results, ...skipped]
  return runResult(header, ladders, { durationMs, interrupted: signal.aborted, notes: [] })
}

/** The first finding that is as bad as the ladder run: what a live line says beside the verdict. */
const worstText = ({ verdict, findings }: LadderResult): string => {
  const finding = verdict === 'pass' ? undefined : findings.find((candidate) => candidate.verdict === verdict)
  return finding === undefined ? '' : `${finding.check}: ${finding.actual ?? ''}`
}

import { otherSide } from '../core/finding.ts'
import type { Frame } from '../core/frame.ts'
import { type Result, ok } from '../core/result.ts'
import type { Check } from '../check/check.ts'
import type { Capture } from '../capture/own.ts'
import { createObserver } from '../observation/observe.ts'
import type { Trace } from '../observation/trace.ts'
import type { RunResult } from '../report/result.ts'
import { ladderResult, notPlayed, runResult } from './assemble.ts'
import { type LadderEnd, type LadderMeta, type RunHeader, parseEnd, parseHeader, parseMeta } from './header.ts'

/** A ladder run as a file tells it: `end` is missing where the run was killed. */
export type StoredLadder = {
  readonly meta: LadderMeta
  readonly end: LadderEnd | undefined
  readonly frames: readonly Frame[]
}

export type StoredRun = {
  readonly header: RunHeader
  readonly ladders: readonly StoredLadder[]
  readonly durationMs: number
  readonly interrupted: boolean
  readonly notes: readonly string[]
}

export const killed: LadderEnd = { outcomes: [], durationMs: 0, left: [], cut: 'the run ended before this ladder did' }

export type JudgedAgain = {
  readonly result: RunResult
  /** Of each ladder that was played, in the order of `result.ladders`. */
  readonly traces: readonly Trace[]
}

/** The same checks on the same frames: what a run found, from what it left behind. */
export const judgeAgain = (stored: StoredRun, checks: readonly Check[]): JudgedAgain => {
  const { header } = stored
  const played = stored.ladders.map(({ meta, end, frames }) => {
    const observer = createObserver({ played: otherSide(meta.side) })
    for (const frame of frames) observer.observe(frame)
    const trace = observer.finish()
    return { trace, ladder: ladderResult({ meta, end: end ?? killed, trace }, checks, header.contract) }
  })
  const skipped = header.skipped.map(({ reason, ...meta }) => notPlayed(meta, 'not-applicable', reason))
  return {
    result: runResult(header, [...played.map(({ ladder }) => ladder), ...skipped], stored),
    traces: played.map(({ trace }) => trace),
  }
}

/** A capture that a run of ours wrote, as that run. */
export const storedInCapture = (capture: Capture): Result<StoredRun> => {
  const header = parseHeader(capture.sectionComment)
  if (!header.ok) return header
  const ladders: StoredLadder[] = []
  for (const [index, { description, endComment }] of capture.interfaces.entries()) {
    const meta = parseMeta(description)
    if (!meta.ok) return meta
    if (meta.value.of !== undefined) continue // what the PBX said to its phone is not judged
    const end = endComment === undefined ? ok(undefined) : parseEnd(endComment)
    if (!end.ok) return end
    const frames = capture.frames.filter((frame) => frame.interface === index).map(({ frame }) => frame)
    ladders.push({ meta: meta.value, end: end.value, frames })
  }
  const durationMs = capture.frames.at(-1)?.frame.timeMs ?? 0
  const interrupted = ladders.some(({ end }) => end === undefined || end.cut !== undefined)
  const notes = capture.cut === undefined ? [] : [`the capture is cut off: ${capture.cut}`]
  return ok({ header: header.value, ladders, durationMs, interrupted, notes })
}

import type { Frame } from '../core/frame.ts'
import { type Result, fault, ok } from '../core/result.ts'
import type { Check } from '../check/check.ts'
import { type Capture, readCapture } from '../capture/read.ts'
import { createObserver } from '../observation/observe.ts'
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

/** The same checks on the same frames: what a run found, from what it left behind. */
export const judgeAgain = (
  stored: StoredRun,
  checks: readonly Check[],
): { readonly result: RunResult; readonly sipMessages: number } => {
  let sipMessages = 0
  const { header } = stored
  const played = stored.ladders.map(({ meta, end, frames }) => {
    const observer = createObserver({ played: meta.side === 'pbx' ? 'trunk' : 'pbx' })
    for (const frame of frames) observer.observe(frame)
    const trace = observer.finish()
    sipMessages += trace.messages.length
    return ladderResult({ meta, end: end ?? killed, trace }, checks, header.contract)
  })
  const skipped = header.skipped.map(({ reason, ...meta }) => notPlayed(meta, 'not-applicable', reason))
  return { result: runResult(header, [...played, ...skipped], stored), sipMessages }
}

/** A capture that a run of ours wrote, as that run. */
export const storedInCapture = (
  bytes: Uint8Array,
): Result<{ readonly stored: StoredRun; readonly capture: Capture }> => {
  const capture = readCapture(bytes)
  if (!capture.ok) return capture
  const header = parseHeader(capture.value.sectionComment)
  if (!header.ok)
    return fault(
      'capture.not-ours',
      'none',
      'no run of trunkproof wrote this capture; captures of other programs are not judged yet',
    )
  const ladders: StoredLadder[] = []
  for (const [index, { description, endComment }] of capture.value.interfaces.entries()) {
    const meta = parseMeta(description)
    if (!meta.ok) return meta
    const end = endComment === undefined ? ok(undefined) : parseEnd(endComment)
    if (!end.ok) return end
    const frames = capture.value.frames.filter((frame) => frame.interface === index).map(({ frame }) => frame)
    ladders.push({ meta: meta.value, end: end.value, frames })
  }
  const last = capture.value.frames.at(-1)?.frame.timeMs ?? 0
  const interrupted = ladders.some(({ end }) => end === undefined || end.cut !== undefined)
  const notes = capture.value.cut === undefined ? [] : [`the capture is cut off: ${capture.value.cut}`]
  return ok({ stored: { header: header.value, ladders, durationMs: last, interrupted, notes }, capture: capture.value })
}

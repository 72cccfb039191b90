import { type Result, ok } from '../core/result.ts'
import type { Finding, Side } from '../core/finding.ts'
import type { RunResult, Summary } from '../report/result.ts'
import { readChecks } from './catalogue.ts'
import { judgeAgain, storedInCapture } from './rejudge.ts'
import { readBytes } from './store.ts'

export type InspectedFinding = Finding & { readonly ladder: string; readonly side: Side; readonly cell: string }

/** What `inspect --json` prints. */
export type Inspection = {
  readonly file: string
  readonly profile: string
  readonly packets: number
  readonly sipMessages: number
  readonly findings: readonly InspectedFinding[]
  readonly summary: Summary
}

/** Judges a capture that a run of ours wrote. */
export const inspectCapture = async (
  file: string,
  path: string,
): Promise<Result<{ readonly result: RunResult; readonly inspection: Inspection }>> => {
  const bytes = readBytes(path)
  if (!bytes.ok) return bytes
  const read = storedInCapture(bytes.value)
  if (!read.ok) return read
  const { stored, capture } = read.value
  const { result, sipMessages } = judgeAgain(stored, await readChecks())
  const findings = result.ladders.flatMap(({ id, side, cell, findings: own }) =>
    own.map((finding) => ({ ladder: id, side, cell, ...finding })),
  )
  const { profile, summary } = result
  return ok({ result, inspection: { file, profile, packets: capture.frames.length, sipMessages, findings, summary } })
}

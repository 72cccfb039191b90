import { type Result, fault, ok } from '../core/result.ts'
import { blockAt, blockTypes, optionCodes, optionsOf, textsOf, viewOf } from '../capture/blocks.ts'
import { readOwnCapture } from '../capture/own.ts'
import { startMark } from '../capture/write.ts'
import type { Check } from '../check/check.ts'
import { diagnose } from '../check/diagnose.ts'
import { parseHeader } from './header.ts'
import { type InspectedFile, inspectionOf } from './inspection.ts'
import { judgeAgain, storedInCapture } from './rejudge.ts'
import { isMeant, wholeCalls } from './whole-call.ts'
import { summarize } from '../report/summary.ts'

/** Whether a file with this head was written by a run of ours; `undefined` where more of it is needed to know. */
export const isOwnCapture = (head: Uint8Array): boolean | undefined => {
  if (head.length < 4) return undefined
  if (viewOf(head).getUint32(0) !== blockTypes.sectionHeader) return false
  const block = blockAt(head, 0, true)
  if (!block.ok) return false
  if (block.value === undefined) return undefined
  const options = optionsOf(block.value, 16)
  if (!options.ok) return false
  const comments = textsOf(options.value, optionCodes.comment)
  const mark = comments.findIndex((comment) => comment.startsWith(startMark))
  return mark > 0 && parseHeader(comments.slice(0, mark).join('')).ok
}

/** Judges a capture that a run of ours wrote by what that run was held to. */
export const inspectOwn = (
  file: string,
  bytes: Uint8Array,
  checks: readonly Check[],
  options: { readonly call: string | undefined; readonly profile: string | undefined },
): Result<InspectedFile> => {
  const capture = readOwnCapture(bytes)
  if (!capture.ok) return capture
  const stored = storedInCapture(capture.value)
  if (!stored.ok) return stored
  const { header } = stored.value
  const { result: whole, traces } = judgeAgain(stored.value, checks)
  const { call: filter } = options
  const judged = traces.flatMap((trace, index) => {
    const ladder = whole.ladders[index]
    if (ladder === undefined) return []
    const { findings } = ladder
    const part = { trace, findings, diagnoses: diagnose(trace, findings, header.contract) }
    const calls = wholeCalls(part).filter((call) => filter === undefined || isMeant(call, filter))
    return [{ ladder, part, calls }]
  })
  const meant = filter === undefined ? judged : judged.filter(({ calls }) => calls.length > 0)
  if (filter !== undefined && meant.length === 0)
    return fault('inspect.no-call', 'none', `no call of it has ${JSON.stringify(filter)} in Call-ID, From or To`)
  const { profile } = whole
  const ladders = filter === undefined ? whole.ladders : meant.map(({ ladder }) => ladder)
  const ignored = options.profile === undefined || options.profile === profile
  const result = {
    ...whole,
    ladders,
    summary: summarize(ladders),
    notes: ignored ? whole.notes : [...whole.notes, `a run of trunkproof: held to ${profile}, as the run was`],
  }
  const calls = meant.flatMap((one) => one.calls)
  const inspection = inspectionOf({
    file,
    profile,
    guessed: false,
    packets: capture.value.frames.length,
    skipped: {},
    startedAtUs: header.startedAtUs,
    parts: judged.map(({ part }) => part),
    calls,
    isFiltered: filter !== undefined,
    result,
  })
  return ok({ isOwn: true, result, inspection, calls })
}

import type { Frame } from '../core/frame.ts'
import type { StepOutcome } from '../core/outcome.ts'
import { type Result, fault, ok } from '../core/result.ts'
import { bytesOf } from '../sip/text.ts'
import { type CapturedFrame, readOwnCapture } from '../capture/own.ts'
import {
  type LadderEnd,
  type LadderMeta,
  type RunHeader,
  asEnd,
  asHeader,
  asMeta,
  asOutcome,
  asSignal,
  readJson,
} from './header.ts'
import { type StoredRun, killed } from './rejudge.ts'

type Growing = {
  meta: LadderMeta
  end: LadderEnd | undefined
  frames: Map<number, Frame>
  outcomes: Map<string, StepOutcome>
  lastMs: number
}

/** What a journal tells, line by line; a last line that was cut is left out and said. */
const readJournal = (text: string) => {
  let header: RunHeader | undefined
  const ladders = new Map<number, Growing>()
  let ended: { timeMs: number; interrupted: boolean } | undefined
  let unread = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const value = readJson(line)
    if (typeof value !== 'object' || value === null || !('type' in value)) {
      unread += 1
      continue
    }
    const number = 'ladder' in value && typeof value.ladder === 'number' ? value.ladder : -1
    const growing = ladders.get(number)
    if (value.type === 'run' && 'header' in value) {
      const parsed = asHeader(value.header)
      if (parsed.ok) header = parsed.value
    } else if (value.type === 'ladder') {
      const meta = asMeta(value)
      if (meta.ok)
        ladders.set(number, { meta: meta.value, end: undefined, frames: new Map(), outcomes: new Map(), lastMs: 0 })
    } else if (value.type === 'step' && 'outcome' in value) {
      const outcome = asOutcome(value.outcome)
      if (outcome.ok && growing) growing.outcomes.set(`${outcome.value.section} ${outcome.value.step}`, outcome.value)
    } else if (value.type === 'frame') {
      const signal = asSignal(value)
      if (signal.ok && growing) {
        growing.frames.set(signal.value.frame.number, { ...signal.value.frame, bytes: bytesOf(signal.value.bytes) })
        growing.lastMs = signal.value.frame.timeMs
      }
    } else if (value.type === 'ladder-end' && 'end' in value) {
      const end = asEnd(value.end)
      if (end.ok && growing) growing.end = end.value
    } else if (value.type === 'run-end' && 'timeMs' in value && 'interrupted' in value)
      ended = { timeMs: Number(value.timeMs), interrupted: value.interrupted === true }
  }
  return { header, ladders, ended, unread }
}

/** Adds what the capture has: media; and unmasked bytes where it has all, for else a message would differ from its copies. */
const addCaptured = (ladders: ReadonlyMap<number, Growing>, captured: readonly CapturedFrame[]): void => {
  const known = new Set(captured.map(({ frame }) => frame.number))
  const whole = new Set(
    [...ladders].flatMap(([index, { frames }]) => ([...frames.keys()].every((each) => known.has(each)) ? [index] : [])),
  )
  for (const { interface: index, frame } of captured) {
    const frames = ladders.get(index)?.frames
    if (whole.has(index) || frames?.has(frame.number) === false) frames?.set(frame.number, frame)
  }
}

/** A run's folder as that run: the journal leads, the capture adds what it has. */
export const storedInFolder = (journal: Uint8Array, capture: Uint8Array | undefined): Result<StoredRun> => {
  const read = readJournal(new TextDecoder().decode(journal))
  if (read.header === undefined)
    return fault('journal.not-ours', 'none', 'the journal does not begin with a run of trunkproof')
  const notes: string[] = []
  if (read.unread > 0) notes.push(`${read.unread} line(s) of the journal were cut off and left out`)
  const file = capture === undefined ? undefined : readOwnCapture(capture)
  if (!file?.ok) notes.push('capture.pcapng cannot be read: what media carried is not judged')
  else if (file.value.cut !== undefined) notes.push(`capture.pcapng is cut off: ${file.value.cut}`)
  const captured = file?.ok === true ? file.value.frames : []
  addCaptured(read.ladders, captured)

  const ladders = [...read.ladders.values()].map(({ meta, end, frames, outcomes, lastMs }) => ({
    meta,
    end: whole(end, captured.length > 0) ?? { ...killed, outcomes: [...outcomes.values()], durationMs: lastMs },
    frames: [...frames.values()].sort((a, b) => a.number - b.number),
  }))
  const lastMs = Math.max(0, ...ladders.map(({ frames }) => frames.at(-1)?.timeMs ?? 0))
  const interrupted = read.ended?.interrupted ?? true
  return ok({ header: read.header, ladders, durationMs: read.ended?.timeMs ?? lastMs, interrupted, notes })
}

/** Without its capture a ladder that ended lacks its media: it counts as cut off. */
const whole = (end: LadderEnd | undefined, hasMedia: boolean): LadderEnd | undefined =>
  end === undefined || hasMedia ? end : { ...end, cut: end.cut ?? 'the capture is missing' }

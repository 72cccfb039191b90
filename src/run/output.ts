import { join } from 'node:path'
import type { Finding } from '../core/finding.ts'
import type { RunResult } from '../report/result.ts'
import { annotate } from '../capture/annotate.ts'
import { renderJson } from '../report/json.ts'
import { renderJunit } from '../report/junit.ts'
import { renderTap } from '../report/tap.ts'
import { makeFolder, openAppend, readBytes, writeFileWhole } from './store.ts'

/** Sinks of a run that is going on: the journal line by line, the capture every second. */
export type Output = {
  readonly folder: string
  readonly capture: (bytes: Uint8Array) => void
  readonly journal: (line: string) => void
  readonly close: () => void
}

export const files = {
  journal: 'journal.jsonl',
  capture: 'capture.pcapng',
  json: 'result.json',
  junit: 'junit.xml',
  tap: 'results.tap',
  inspection: 'inspection.json',
}

const flushBytes = 1 << 18

export const openOutput = (folder: string): Output => {
  makeFolder(folder)
  const journal = openAppend(join(folder, files.journal))
  const capture = openAppend(join(folder, files.capture))
  let waiting: Uint8Array[] = []
  let size = 0
  const flush = (): void => {
    if (size > 0) capture.append(Buffer.concat(waiting))
    waiting = []
    size = 0
  }
  let begun = false
  const timer = setInterval(flush, 1000)
  return {
    folder,
    capture: (bytes) => {
      waiting.push(bytes)
      size += bytes.length
      if (size >= flushBytes || !begun) flush() // the section header at once: a run that is killed must tell what it was
      begun = true
    },
    journal: journal.append,
    close: () => {
      clearInterval(timer)
      flush()
      capture.close()
      journal.close()
    },
  }
}

const commentOf = (id: string, finding: Finding): string => {
  const facts =
    finding.verdict === 'pass'
      ? (finding.actual ?? '')
      : `expected ${finding.expected ?? '-'}, got ${finding.actual ?? 'nothing'}`
  return `${finding.verdict} ${finding.check} (${id}: ${finding.subject}): ${facts}`
}

/** What findings say of each frame, for whoever opens the capture in Wireshark. */
export const frameComments = (result: RunResult): ReadonlyMap<number, readonly string[]> => {
  const comments = new Map<number, string[]>()
  for (const ladder of result.ladders)
    for (const finding of ladder.findings)
      for (const frame of finding.frames) {
        const lines = comments.get(frame) ?? []
        lines.push(commentOf(ladder.id, finding))
        comments.set(frame, lines)
      }
  return comments
}

/** Writes the reports of a result. */
export const writeReports = (folder: string, result: RunResult): readonly string[] => {
  makeFolder(folder)
  writeFileWhole(join(folder, files.json), renderJson(result))
  writeFileWhole(join(folder, files.junit), renderJunit(result))
  writeFileWhole(join(folder, files.tap), renderTap(result))
  return [files.json, files.junit, files.tap]
}

/** Puts the findings of a run on the frames of its capture, where it has one. */
export const annotateCapture = (folder: string, result: RunResult): readonly string[] => {
  const path = join(folder, files.capture)
  const capture = readBytes(path)
  if (capture.ok) writeFileWhole(path, annotate(capture.value, frameComments(result)))
  return capture.ok ? [files.capture] : []
}

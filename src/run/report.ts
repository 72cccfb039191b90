import { join } from 'node:path'
import { type Result, ok } from '../core/result.ts'
import type { RunResult } from '../report/result.ts'
import { readChecks } from './catalogue.ts'
import { files } from './output.ts'
import { judgeAgain } from './rejudge.ts'
import { readBytes } from './store.ts'
import { storedInFolder } from './stored.ts'

/** The result of a run from the folder that it left behind, whole or not. */
export const reportFolder = async (folder: string): Promise<Result<RunResult>> => {
  const journal = readBytes(join(folder, files.journal))
  if (!journal.ok)
    return { ...journal, fault: { ...journal.fault, saw: `${files.journal} in it: ${journal.fault.saw}` } }
  const capture = readBytes(join(folder, files.capture))
  const stored = storedInFolder(journal.value, capture.ok ? capture.value : undefined)
  return stored.ok ? ok(judgeAgain(stored.value, await readChecks()).result) : stored
}

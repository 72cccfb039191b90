import { files } from './output.ts'

export { silentProgress } from './run.ts'
/** What commands need to tell a result. */
export { renderConsole } from '../report/console.ts'
export { renderInspection } from '../report/inspection-console.ts'
export { diagnosisLines } from '../report/diagnosis.ts'
export { inspectionJson } from '../report/inspection-json.ts'
export { exitCode } from '../report/exit.ts'
export { renderJson } from '../report/json.ts'
export type { RunResult } from '../report/result.ts'

/** Names of the files that a run leaves behind. */
export const reportFiles: readonly string[] = [files.json, files.junit, files.tap, files.capture, files.journal]

import { visible } from '../core/visible.ts'
import { callTable } from './call-table.ts'
import { findingsText, plural } from './counts.ts'
import { diagnosisLines, ofRegistration } from './diagnosis.ts'
import { drawLadder } from './draw-ladder.ts'
import { findingBlocks } from './finding-blocks.ts'
import type { Inspection } from './inspection.ts'
import { type Paint, noPaint } from './paint.ts'
import type { RunResult } from './result.ts'

export type InspectionView = {
  readonly paint?: Paint
  /** Columns of the terminal. */
  readonly width?: number
  /** What broke each call was asked for. */
  readonly isDiagnosed: boolean
  /** Calls were chosen: their ladders are drawn, however many. */
  readonly isFiltered: boolean
  readonly written?: { readonly folder: string; readonly files: readonly string[] }
}

/** More ladders than that are drawn only of calls that were asked for. */
const mostLadders = 3

const head = (inspection: Inspection, paint: Paint): readonly string[] => {
  const { file, packets, sipMessages, streams, skipped, profile, notes } = inspection
  const left = Object.entries(skipped).filter(([, count]) => count > 0)
  const seen = [plural(packets, 'packet'), plural(sipMessages, 'SIP message'), plural(streams.length, 'stream')]
  return [
    `${paint.bold(visible(file))}  ${seen.join(', ')}; judged by ${profile ?? 'the RFCs alone'}`,
    ...notes.map((note) => paint.dim(`  ${visible(note)}`)),
    ...(left.length === 0
      ? []
      : [paint.dim(`  not read: ${left.map(([reason, count]) => `${count} ${visible(reason)}`).join(', ')}`)]),
  ]
}

const ladders = (result: RunResult, isFiltered: boolean, paint: Paint, width: number): readonly string[] => {
  const drawn = result.ladders.filter(({ rows }) => rows.length > 0)
  if (!isFiltered && drawn.length > mostLadders) return []
  return drawn.flatMap(({ id, title, rows }) => [
    `${paint.bold(id)}  ${visible(title)}`,
    ...drawLadder(rows, { width: width - 2, paint }).map((line) => `  ${line}`),
    '',
  ])
}

const hints = ({ calls, registrations }: Inspection, isDiagnosed: boolean): readonly string[] => {
  const causes = [...calls, ...registrations].reduce((sum, one) => sum + one.causes.length, 0)
  if (isDiagnosed || causes === 0) return []
  return [`${plural(causes, 'cause')} of what went wrong ${causes === 1 ? 'is' : 'are'} known: --diagnose tells.`]
}

/** The text that ends an inspection: its calls, their ladders, what broke them, what is wrong and what to do, the counts. */
export const renderInspection = (inspection: Inspection, result: RunResult, view: InspectionView): string => {
  const { paint = noPaint, width = 80, isDiagnosed, isFiltered, written } = view
  const { calls, findings, registrations } = inspection
  return [
    ...head(inspection, paint),
    '',
    ...(calls.length === 0 ? ['No calls.'] : callTable(calls)),
    ...(registrations.length > 0 ? ['', ...registrations.map(ofRegistration)] : []),
    '',
    ...ladders(result, isFiltered, paint, width),
    ...(isDiagnosed ? diagnosisLines(inspection, paint, width) : []),
    ...findingBlocks(result.ladders, { paint, width }),
    `${plural(calls.length, 'call')}, ${findingsText(findings)}`,
    ...(findings.length === 0 ? ['Nothing could be judged: nothing is proved.'] : []),
    ...hints(inspection, isDiagnosed),
    ...(written === undefined ? [] : [`Written to ${written.folder}: ${written.files.join(', ')}`]),
    '',
  ].join('\n')
}

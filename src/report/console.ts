import { visible } from '../core/visible.ts'
import { countsText, findingsText, plural, verdictWord } from './counts.ts'
import { findingBlocks } from './finding-blocks.ts'
import { type Paint, noPaint } from './paint.ts'
import type { LadderResult, RunResult } from './result.ts'
import { ladderName } from './told.ts'
import { wrap } from './wrap.ts'

export type ConsoleOptions = {
  readonly paint?: Paint
  /** Columns of the terminal. */
  readonly width?: number
  /** The lines per ladder were printed while the run went on. */
  readonly alreadyListed?: boolean
  /** The run's folder, as it is to be typed, and the files in it. */
  readonly written?: { readonly folder: string; readonly files: readonly string[] }
}

const ladderLine = (ladder: LadderResult, paint: Paint): string => {
  const note = ladder.reason ?? countsText(ladder.findings, ['error', 'fail', 'inconclusive', 'warn', 'waived'])
  const time = ladder.durationMs > 0 ? paint.dim(`  ${(ladder.durationMs / 1000).toFixed(1)} s`) : ''
  return `  ${verdictWord(ladder.verdict, paint)}  ${visible(ladderName(ladder))}${time}${note === '' ? '' : `  ${visible(note)}`}`
}

/** Where lines were printed as ladders ended, those that were never begun have none yet: told by their reason. */
const notPlayed = (ladders: readonly LadderResult[], width: number): readonly string[] => {
  const byReason = new Map<string, string[]>()
  for (const ladder of ladders.filter(({ verdict }) => verdict === 'not-applicable')) {
    const reason = ladder.reason ?? 'it does not apply'
    byReason.set(reason, [...(byReason.get(reason) ?? []), ladder.id])
  }
  return byReason.size === 0
    ? []
    : [
        'Not played:',
        ...[...byReason].flatMap(([reason, ids]) => [
          `  ${visible(reason)}`,
          ...wrap(visible(ids.join(', ')), width - 4).map((line) => `    ${line}`),
        ]),
        '',
      ]
}

const advice = (result: RunResult, written: ConsoleOptions['written']): readonly string[] => {
  const { error, fail, warn, inconclusive, pass } = result.summary
  const lines: string[] = []
  if (result.interrupted) lines.push('The run was interrupted: only what was done before is judged.')
  if (error > 0) lines.push('An error is a fault of trunkproof, not of your trunk: please report it, with the journal.')
  const capture = written?.files.find((name) => name.endsWith('.pcapng'))
  if (fail + warn > 0 && written !== undefined && capture !== undefined)
    lines.push(
      `Look closer: wireshark ${written.folder}/${capture}`,
      '  Each frame named above carries its finding as a comment.',
    )
  if (inconclusive > 0) lines.push('Inconclusive is not a pass: it was not seen, so it is not proved.')
  if (lines.length === 0 && pass === 0) lines.push('Nothing was judged: see why each ladder was skipped.')
  if (lines.length === 0 && result.sut === 'embedded')
    lines.push(
      'This proved the ladders against our own parties. To prove yours:',
      `  trunkproof run ${result.profile} --pbx sip:HOST[:PORT]     we play the provider`,
      `  trunkproof run ${result.profile} --trunk sip:HOST[:PORT]   we play the PBX`,
    )
  return lines
}

/** The text that ends a run: a line per ladder, what is wrong and what to do about it, the counts, the files. */
export const renderConsole = (result: RunResult, options: ConsoleOptions = {}): string => {
  const { paint = noPaint, width = 80, alreadyListed = false, written } = options
  const { ladders } = result
  const all = ladders.flatMap(({ findings }) => findings)
  const sut = result.sut === 'embedded' ? 'our own parties on loopback' : result.sut
  const files = written === undefined ? [] : [`Written to ${written.folder}: ${written.files.join(', ')}`]
  return [
    ...(alreadyListed ? [''] : []),
    `${paint.bold(`trunkproof ${result.version}`)}  ${visible(result.profile)} against ${visible(sut)}`,
    ...result.notes.map((note) => paint.dim(`  ${visible(note)}`)),
    '',
    ...(alreadyListed ? notPlayed(ladders, width) : [...ladders.map((ladder) => ladderLine(ladder, paint)), '']),
    ...findingBlocks(ladders, { paint, width }),
    `${plural(ladders.length, 'ladder')} in ${(result.durationMs / 1000).toFixed(1)} s, ${findingsText(all)}`,
    ...files,
    ...advice(result, written),
    '',
  ].join('\n')
}

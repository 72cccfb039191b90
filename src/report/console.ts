import type { Finding, Verdict } from '../core/finding.ts'
import { drawLadder } from './draw-ladder.ts'
import { visible } from './escape.ts'
import { type Paint, noPaint } from './paint.ts'
import type { LadderResult, RunResult } from './result.ts'
import { ladderName, tellings } from './told.ts'

export type ConsoleOptions = {
  readonly paint?: Paint
  /** Columns of the terminal. */
  readonly width?: number
  /** The run's folder, as it is to be typed, and the files in it. */
  readonly written?: { readonly folder: string; readonly files: readonly string[] }
}

const words = {
  pass: 'PASS',
  info: 'INFO',
  warn: 'WARN',
  fail: 'FAIL',
  inconclusive: 'INCONCLUSIVE',
  error: 'ERROR',
  waived: 'WAIVED',
  'not-applicable': 'SKIPPED',
} as const satisfies Record<Verdict, string>

const inks = {
  pass: 'green',
  info: 'dim',
  warn: 'yellow',
  fail: 'red',
  inconclusive: 'yellow',
  error: 'red',
  waived: 'cyan',
  'not-applicable': 'dim',
} as const satisfies Record<Verdict, keyof Paint>

/** Worst first: the order of counts and of findings. */
const order: readonly Verdict[] = ['error', 'fail', 'inconclusive', 'warn', 'waived', 'info', 'not-applicable', 'pass']

/** A verdict as the console shows it, padded to one width. */
export const verdictWord = (verdict: Verdict, paint: Paint): string => paint[inks[verdict]](words[verdict].padEnd(12))

const counts = (findings: readonly Finding[], verdicts: readonly Verdict[]): string =>
  verdicts
    .map((verdict) => [findings.filter((finding) => finding.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${verdict}`)
    .join(', ')

const ladderLine = (ladder: LadderResult, paint: Paint): string => {
  const note = ladder.reason ?? counts(ladder.findings, ['error', 'fail', 'inconclusive', 'warn', 'waived'])
  const time = ladder.durationMs > 0 ? paint.dim(`  ${(ladder.durationMs / 1000).toFixed(1)} s`) : ''
  return `  ${verdictWord(ladder.verdict, paint)}  ${visible(ladderName(ladder))}${time}${note === '' ? '' : `  ${visible(note)}`}`
}

/** The same finding in several ladder runs: told once, by the first. */
type Told = { readonly finding: Finding; readonly ladder: LadderResult; readonly also: LadderResult[] }

const collect = (ladders: readonly LadderResult[], verdict: Verdict): readonly Told[] => {
  const byWhat = new Map<string, Told>()
  for (const ladder of ladders)
    for (const finding of ladder.findings.filter((one) => one.verdict === verdict)) {
      const { check, expected, actual, atFault, advice } = finding
      const key = JSON.stringify([check, expected, actual, atFault, advice])
      const told = byWhat.get(key)
      if (told) told.also.push(ladder)
      else byWhat.set(key, { finding, ladder, also: [] })
    }
  return [...byWhat.values()]
}

const mostAlso = 5

const alsoIn = (also: readonly LadderResult[]): readonly string[] => {
  if (also.length === 0) return []
  const names = [...new Set(also.map(ladderName))]
  const more = names.length > mostAlso ? `, and ${names.length - mostAlso} more` : ''
  return [`    ${'also in'.padEnd(11)} ${visible(names.slice(0, mostAlso).join('; '))}${more}`]
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`)

const block = ({ finding, ladder, also }: Told, paint: Paint, width: number): readonly string[] => {
  const { verdict, check, subject, frames } = finding
  const around = frames[0]
  const drawing = around === undefined ? [] : drawLadder(ladder.rows, { around, width: width - 2, paint })
  return [
    `${verdictWord(verdict, paint)}  ${paint.bold(visible(check))}  ${visible(subject)}  ${paint.dim(`in ${visible(ladderName(ladder))}`)}`,
    ...tellings(finding).map(([label, text]) => `    ${label.padEnd(11)} ${visible(text)}`),
    ...alsoIn(also),
    ...(drawing.length > 0 ? ['', ...indented(drawing)] : []),
    '',
  ]
}

/** What could not be judged because of another finding is one line each: that other one is told in full. */
const isConsequence = ({ finding }: Told): boolean => (finding.actual ?? '').startsWith('because of ')

const consequences = (told: readonly Told[]): readonly string[] =>
  told.length === 0
    ? []
    : [
        'Not judged, because something before it went wrong:',
        ...told.map(({ finding, also }) => {
          const times = also.length > 0 ? ` (${also.length + 1} times)` : ''
          return visible(`  ${finding.check}: ${finding.subject}: ${finding.actual ?? ''}${times}`)
        }),
        '',
      ]

const waivers = (told: readonly Told[]): readonly string[] =>
  told.length === 0
    ? []
    : [
        'Waived:',
        ...told.map(({ finding, ladder }) =>
          visible(`  ${finding.check}: ${finding.subject} in ${ladderName(ladder)}: ${finding.actual ?? ''}`),
        ),
        '',
      ]

const advice = (result: RunResult, written: ConsoleOptions['written']): readonly string[] => {
  const { error, fail, warn, inconclusive, pass } = result.summary
  const folder = written?.folder ?? 'the run folder'
  const lines: string[] = []
  if (result.interrupted) lines.push('The run was interrupted: only what was done before is judged.')
  if (error > 0) lines.push('An error is a fault of trunkproof, not of your trunk: please report it, with the journal.')
  if (fail + warn > 0)
    lines.push(`Open ${folder}/capture.pcapng in Wireshark and go to the frames named above: each carries its finding.`)
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
  const { paint = noPaint, width = 80, written } = options
  const { ladders } = result
  const told = order.slice(0, 4).flatMap((verdict) => collect(ladders, verdict))
  const all = ladders.flatMap(({ findings }) => findings)
  const sut = result.sut === 'embedded' ? 'our own parties on loopback' : result.sut
  const files = written === undefined ? [] : [`Written to ${written.folder}: ${written.files.join(', ')}`]
  return [
    `${paint.bold(`trunkproof ${result.version}`)}  ${visible(result.profile)} against ${visible(sut)}`,
    ...result.notes.map((note) => paint.dim(`  ${visible(note)}`)),
    '',
    ...ladders.map((ladder) => ladderLine(ladder, paint)),
    '',
    ...told.filter((one) => !isConsequence(one)).flatMap((one) => block(one, paint, width)),
    ...consequences(told.filter(isConsequence)),
    ...waivers(collect(ladders, 'waived')),
    `${ladders.length} ladders in ${(result.durationMs / 1000).toFixed(1)} s, ${all.length} findings: ${counts(all, order)}`,
    ...files,
    ...advice(result, written),
    '',
  ].join('\n')
}

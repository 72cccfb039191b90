import type { Finding, Verdict } from '../core/finding.ts'
import { visible } from '../core/visible.ts'
import { drawLadder } from './draw-ladder.ts'
import { type Paint, noPaint } from './paint.ts'
import type { LadderResult, RunResult } from './result.ts'
import { ladderName, tellings } from './told.ts'
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

/** Worst first: the order of counts and of findings. */
const order: readonly Verdict[] = ['error', 'fail', 'inconclusive', 'warn', 'waived', 'info', 'not-applicable', 'pass']

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A verdict as wide as the longest of them. */
const verdictWord = (verdict: Verdict, paint: Paint): string => paint.verdict(verdict, verdict.toUpperCase().padEnd(14))

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

type Place = { readonly finding: Finding; readonly ladder: LadderResult }

/** The same finding in several places: told once, by the first. */
type Told = Place & { readonly also: Place[] }

const collect = (ladders: readonly LadderResult[], verdict: Verdict): readonly Told[] => {
  const byWhat = new Map<string, Told>()
  for (const ladder of ladders)
    for (const finding of ladder.findings.filter((one) => one.verdict === verdict)) {
      const { check, expected, actual, atFault, advice } = finding
      const key = JSON.stringify([check, expected, actual, atFault, advice])
      const told = byWhat.get(key)
      if (told) told.also.push({ finding, ladder })
      else byWhat.set(key, { finding, ladder, also: [] })
    }
  return [...byWhat.values()]
}

const mostAlso = 5

/** The other places, as a label and a text: subjects of the same ladder run, names of the others. */
const alsoIn = ({ ladder, also }: Told): readonly (readonly [string, string])[] => {
  const names = also.map((place) => (place.ladder === ladder ? place.finding.subject : ladderName(place.ladder)))
  const places = [...new Set(names)]
  const more = places.length > mostAlso ? `, and ${places.length - mostAlso} more` : ''
  return places.length === 0 ? [] : [['also in', `${places.slice(0, mostAlso).join('; ')}${more}`]]
}

const labelled = (label: string, text: string, width: number): readonly string[] =>
  wrap(visible(text), width - 16).map((line, index) => `    ${(index === 0 ? label : '').padEnd(11)} ${line}`)

const block = (told: Told, paint: Paint, width: number): readonly string[] => {
  const { finding, ladder } = told
  const { verdict, check, subject, frames } = finding
  const drawing = frames.length === 0 ? [] : drawLadder(ladder.rows, { around: frames, width: width - 2, paint })
  const place = paint.dim(`in ${visible(ladderName(ladder))}`)
  return [
    `${verdictWord(verdict, paint)}  ${paint.bold(visible(check))}  ${visible(subject)}  ${place}`,
    ...[...tellings(finding), ...alsoIn(told)].flatMap(([label, text]) => labelled(label, text, width)),
    ...(drawing.length > 0 ? ['', ...drawing.map((line) => `  ${line}`)] : []),
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
  const told = order.slice(0, 4).flatMap((verdict) => collect(ladders, verdict))
  const all = ladders.flatMap(({ findings }) => findings)
  const sut = result.sut === 'embedded' ? 'our own parties on loopback' : result.sut
  const files = written === undefined ? [] : [`Written to ${written.folder}: ${written.files.join(', ')}`]
  return [
    ...(alreadyListed ? [''] : []),
    `${paint.bold(`trunkproof ${result.version}`)}  ${visible(result.profile)} against ${visible(sut)}`,
    ...result.notes.map((note) => paint.dim(`  ${visible(note)}`)),
    '',
    ...(alreadyListed ? [] : [...ladders.map((ladder) => ladderLine(ladder, paint)), '']),
    ...told.filter((one) => !isConsequence(one)).flatMap((one) => block(one, paint, width)),
    ...consequences(told.filter(isConsequence)),
    ...waivers(collect(ladders, 'waived')),
    `${plural(ladders.length, 'ladder')} in ${(result.durationMs / 1000).toFixed(1)} s, ${plural(all.length, 'finding')}${all.length > 0 ? ': ' : ''}${counts(all, order)}`,
    ...files,
    ...advice(result, written),
    '',
  ].join('\n')
}

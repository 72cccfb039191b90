import type { Finding, Verdict } from '../core/finding.ts'
import { visible } from '../core/visible.ts'
import { verdictWord, worstFirst } from './counts.ts'
import { drawLadder } from './draw-ladder.ts'
import type { Paint } from './paint.ts'
import type { LadderResult } from './result.ts'
import { ladderName, tellings } from './told.ts'
import { labelled } from './wrap.ts'

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

/** More than that nobody reads on a terminal: the files have them all. */
const mostBlocks = 100

/** What is wrong and what to do about it, worst first, each with the text ladder around the frame that proves it. */
export const findingBlocks = (
  ladders: readonly LadderResult[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] => {
  const told = worstFirst.slice(0, 4).flatMap((verdict) => collect(ladders, verdict))
  const own = told.filter((one) => !isConsequence(one))
  const more = own.length - mostBlocks
  return [
    ...own.slice(0, mostBlocks).flatMap((one) => block(one, paint, width)),
    ...(more > 0 ? [`And ${more} more findings: --json and --out tell them all.`, ''] : []),
    ...consequences(told.filter(isConsequence).slice(0, mostBlocks)),
    ...waivers(collect(ladders, 'waived')),
  ]
}

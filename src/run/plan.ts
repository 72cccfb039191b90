import type { Side } from '../core/finding.ts'
import type { Contract } from '../profile/contract.ts'
import { type Cell, cellsOf } from '../scenario/cells.ts'
import type { Ladder, Stimulus } from '../scenario/ladder.ts'
import { notApplicable } from '../scenario/applicable.ts'
import { speakable } from '../sdp/codecs.ts'
import type { Skipped } from './header.ts'

/** One ladder run to be: a ladder, the side under test, and the cell of its matrix. */
export type Planned = { readonly ladder: Ladder; readonly side: Side; readonly cell: Cell }
export type Plan = { readonly runs: readonly Planned[]; readonly skipped: readonly Skipped[] }

/** `*` stands for any text, `?` for one character; the rest is literal. Linear in the text for each star. */
export const globMatches = (glob: string, text: string): boolean => {
  const parts = glob.split('*')
  const [first = '', ...rest] = parts
  const fits = (part: string, at: number): boolean =>
    at + part.length <= text.length && Array.from(part).every((c, i) => c === '?' || c === text[at + i])
  if (!fits(first, 0)) return false
  let at = first.length
  const last = rest.pop()
  if (last === undefined) return at === text.length
  for (const part of rest) {
    while (at <= text.length && !fits(part, at)) at += 1
    if (at > text.length) return false
    at += part.length
  }
  return text.length - last.length >= at && fits(last, text.length - last.length)
}

/** Ladders by the sides that may be tested and the cells of their matrix; what cannot be played says why. */
export const planRuns = (
  ladders: readonly Ladder[],
  sides: readonly Side[],
  contract: Contract,
  stimuli: (side: Side) => ReadonlySet<Stimulus>,
): Plan => {
  const runs: Planned[] = []
  const skipped: Skipped[] = []
  for (const ladder of ladders)
    for (const side of ladder.tests.filter((tested) => sides.includes(tested))) {
      const reason = notApplicable(ladder, contract, side, stimuli(side))
      if (reason !== undefined) skipped.push({ id: ladder.id, side, cell: '', title: ladder.title, reason })
      else for (const cell of cellsOf(ladder, contract, side, speakable)) runs.push({ ladder, side, cell })
    }
  return { runs, skipped }
}

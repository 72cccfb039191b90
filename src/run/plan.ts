import type { Side } from '../core/finding.ts'
import type { Contract } from '../profile/contract.ts'
import { type Cell, cellsOf } from '../scenario/cells.ts'
import type { Ladder, Step, Stimulus } from '../scenario/ladder.ts'
import { notApplicable } from '../scenario/applicable.ts'
import { speakable } from '../sdp/codecs.ts'
import type { Skipped } from './header.ts'

/** One ladder run to be: a ladder, the side under test, and the cell of its matrix. */
export type Planned = { readonly ladder: Ladder; readonly side: Side; readonly cell: Cell }
export type Plan = { readonly runs: readonly Planned[]; readonly skipped: readonly Skipped[] }

/** Ladders by the sides that may be tested and the cells of their matrix; what cannot be played says why. */
export const planRuns = (
  ladders: readonly Ladder[],
  sides: readonly Side[],
  contract: Contract,
  stimuli: (side: Side) => ReadonlySet<Stimulus>,
  unasked?: ReadonlySet<Stimulus>,
): Plan => {
  const runs: Planned[] = []
  const skipped: Skipped[] = []
  for (const ladder of ladders)
    for (const side of ladder.tests.filter((tested) => sides.includes(tested))) {
      const reason = notApplicable(ladder, contract, side, stimuli(side), unasked)
      if (reason !== undefined) skipped.push({ id: ladder.id, side, cell: '', title: ladder.title, reason })
      else for (const cell of cellsOf(ladder, contract, side, speakable)) runs.push({ ladder, side, cell })
    }
  return { runs, skipped }
}

const waitOf = (step: Step): number => {
  if (step.kind === 'verb') return step.phone === undefined ? step.forMs : 0
  if (step.kind !== 'message') return 0
  // What may be left out is waited for in vain.
  return (step.afterMs ?? 0) + (step.optional ? (step.withinMs ?? 0) : 0)
}

/** What a ladder waits for by its own script: with the run of all of them at once, the longest of them sets the time. */
export const waitingMs = ({ ladder }: Planned): number =>
  [...ladder.setup, ...ladder.ladder, ...ladder.finally].reduce((sum, step) => sum + waitOf(step), 0)

import type { Side, Strength } from '../core/finding.ts'
import type { Contract } from '../profile/contract.ts'
import type { RequirementRow } from '../profile/profile.ts'

/** What the provider documents of a check for one side: all rows that fit. */
export type Documented = {
  readonly ids: readonly string[]
  readonly strength: Strength | undefined
  readonly advice: string | undefined
}

const strengths = ['MUST', 'SHOULD', 'ADVICE'] as const satisfies readonly Strength[]

const nothing: Documented = { ids: [], strength: undefined, advice: undefined }

/** A row without a side fits both, one without ladders each. Where rows differ in strength, the strongest holds. */
export const documented = (contract: Contract, check: string, side: Side, ladder: string | undefined): Documented => {
  const rows: readonly RequirementRow[] | undefined = contract.profile.requirements[check]
  if (rows === undefined) return nothing
  const fitting = rows.filter(
    ({ side: of = side, ladders }) =>
      of === side && (ladders === undefined || (ladder !== undefined && ladders.includes(ladder))),
  )
  return {
    ids: [...new Set(fitting.flatMap(({ ids }) => ids))],
    strength: strengths.find((strength) => fitting.some((row) => row.strength === strength)),
    advice: fitting.find(({ advice }) => advice !== undefined)?.advice,
  }
}

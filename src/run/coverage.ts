import type { Check } from '../check/check.ts'
import type { Profile } from '../profile/profile.ts'
import type { CoverageRow } from '../report/coverage.ts'
import { type CatalogueFault, brokenIn, isFaultOf } from './fault.ts'
import type { Requirement } from './requirements.ts'

export type CoverageInput = {
  readonly requirements: readonly Requirement[]
  readonly profiles: readonly Profile[]
  readonly checks: readonly Pick<Check, 'id'>[]
  readonly faults: readonly CatalogueFault[]
}

/** A check that a profile says judges a statement, and the faults that make it fail there. */
type Claim = { readonly check: string; readonly faults: readonly CatalogueFault[] }

const claimsOf = (id: string, { profiles, faults }: CoverageInput): readonly Claim[] =>
  profiles.flatMap((profile) =>
    Object.entries(profile.requirements).flatMap(([check, rows]) =>
      rows
        .filter(({ ids }) => ids.includes(id))
        .map((row) => ({
          check,
          faults: faults.filter(
            (fault) => fault.check === check && isFaultOf(profile, fault) && brokenIn(fault, row).includes(id),
          ),
        })),
    ),
  )

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort()

const rowOf = (requirement: Requirement, input: CoverageInput): CoverageRow => {
  const { id, document, statement } = requirement
  const claims = claimsOf(id, input)
  const faults = claims.flatMap((claim) => claim.faults)
  const common = {
    id,
    document,
    statement,
    checks: unique(claims.map(({ check }) => check)),
    ladders: unique(faults.flatMap(({ ladders }) => ladders)),
    faults: unique(faults.map((fault) => fault.id)),
  }
  if (faults.length > 0) return { ...common, status: 'proved', reason: null }
  if (claims.length > 0 || requirement.reported !== undefined)
    return {
      ...common,
      status: 'reported',
      reason: requirement.reported ?? 'a check looks at it, and no fault makes that check fail for it yet',
    }
  return { ...common, status: 'not-testable', reason: requirement.notTestable ?? 'nobody has said why not' }
}

/** What of each documented statement is proved: by the check that judges it, and by the fault that makes that check fail. */
export const coverageOf = (input: CoverageInput): readonly CoverageRow[] =>
  input.requirements.map((requirement) => rowOf(requirement, input))

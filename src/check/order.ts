import type { Check } from './check.ts'

/** In `presupposes`: whatever else failed. Such a check comes last, and only its failures are explained by the others. */
export const anyOther = '*'

/**
 * Checks so that each comes after those that it presupposes. A circle is a mistake of ours and throws; an id that no
 * check has is passed over, so that a part of the catalogue can be judged alone.
 */
export const inOrder = (checks: readonly Check[]): readonly Check[] => {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const ordered = new Set<Check>()
  const visit = (check: Check, way: readonly string[]): void => {
    if (way.includes(check.id)) throw new Error(`checks presuppose each other: ${[...way, check.id].join(' -> ')}`)
    for (const id of check.presupposes) {
      const earlier = byId.get(id)
      if (earlier !== undefined) visit(earlier, [...way, check.id])
    }
    ordered.add(check)
  }
  const isLast = (check: Check): boolean => check.presupposes.includes(anyOther)
  for (const check of checks.filter((c) => !isLast(c))) visit(check, [])
  for (const check of checks.filter(isLast)) visit(check, [])
  return [...ordered]
}

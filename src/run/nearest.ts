/** Edits that turn one text into the other (Levenshtein), counted in one row. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [at, letter] of Array.from(from).entries()) {
    const next = [at + 1]
    for (let column = 1; column < row.length; column += 1)
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}

const longest = 100

/** The id that a person most likely meant: one that holds what was written or is held by it, else one a few letters away. */
export const nearestId = (typed: string, ids: readonly string[]): string | undefined => {
  if (typed === '' || typed.length > longest) return undefined
  const holding = ids.find((id) => id.includes(typed) || typed.includes(id))
  if (holding !== undefined) return holding
  const [nearest] = ids
    .map((id) => ({ id, edits: distance(typed, id) }))
    .filter(({ id, edits }) => edits <= Math.max(2, Math.floor(id.length / 4)))
    .sort((a, b) => a.edits - b.edits)
  return nearest?.id
}

/** ` (did you mean sinch/eu?)`, or nothing. */
export const didYouMean = (typed: string, ids: readonly string[]): string => {
  const nearest = nearestId(typed, ids)
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`
}

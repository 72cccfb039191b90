/** Cuts `call 10/INVITE 2` into words and numbers. */
const partsOf = (text: string): readonly string[] => text.match(/[0-9]+|[^0-9]+/g) ?? []

const isNumber = (part: string): boolean => part >= '0' && part < ':'

const compareParts = (a: string, b: string): number =>
  isNumber(a) && isNumber(b) ? Number(a) - Number(b) : a < b ? -1 : Number(a > b)

/** The order in which people count: `call 2` before `call 10`. */
export const naturally = (a: string, b: string): number => {
  const others = partsOf(b)
  for (const [index, part] of partsOf(a).entries()) {
    const other = others[index]
    if (other === undefined) return 1
    const order = compareParts(part, other)
    if (order !== 0) return order
  }
  return partsOf(a).length - others.length
}

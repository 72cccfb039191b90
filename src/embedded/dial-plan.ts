/** One rule of a dial plan: what a number begins with, and what stands there afterwards. */
export type DialRule = { readonly prefix: string; readonly becomes: string }

/** A dial plan of Great Britain: 00 before a country code, 0 before an area code. The longest prefix goes first. */
export const britishDialPlan: readonly DialRule[] = [
  { prefix: '00', becomes: '+' },
  { prefix: '0', becomes: '+44' },
]

/** What is called when that is dialled. */
export const byDialPlan = (rules: readonly DialRule[], dialled: string): string => {
  const rule = rules.find(({ prefix }) => dialled.startsWith(prefix))
  return rule === undefined ? dialled : `${rule.becomes}${dialled.slice(rule.prefix.length)}`
}

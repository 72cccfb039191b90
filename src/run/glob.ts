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

/** Splits at a separator that stands in no quoted string (§25.1, backslash escapes) and in no `<…>`. */
export const splitOutside = (text: string, separator: string): readonly string[] => {
  const parts: string[] = []
  let quoted = false
  let angle = false
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '<') angle = true
    else if (character === '>') angle = false
    else if (character === separator && !angle) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  parts.push(text.slice(from).trim())
  return parts
}

/** The values of a comma list (§7.3.1); empty elements are left out. */
export const splitCommas = (value: string): readonly string[] => splitOutside(value, ',').filter((part) => part !== '')

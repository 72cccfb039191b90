import { endOfQuoted, trimmed } from './chars.ts'

/** Elements between commas, trimmed, empty ones too; a comma in a quoted string or in `<…>` divides nothing. */
export const commaParts = (text: string): readonly string[] => {
  if (!text.includes(',')) return [trimmed(text)]
  const parts: string[] = []
  let from = 0
  let inAngle = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"' && !inAngle) {
      const end = endOfQuoted(text, at)
      at = (end < 0 ? text.length : end) - 1
    } else if (character === '<') inAngle = true
    else if (character === '>') inAngle = false
    else if (character === ',' && !inAngle) {
      parts.push(trimmed(text.slice(from, at)))
      from = at + 1
    }
  }
  parts.push(trimmed(text.slice(from)))
  return parts
}

/** The values of a comma list (RFC 3261 §7.3.1); empty elements are left out. */
export const splitCommas = (value: string): readonly string[] => commaParts(value).filter((part) => part !== '')

/** Characters that reorder or hide the text around them (Unicode §23.2, UAX #9). */
const isHidden = (code: number): boolean =>
  code === 0xad ||
  code === 0x61c ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  code === 0xfeff ||
  (code >= 0xe0000 && code <= 0xe007f)

/** No characters: halves of a surrogate pair and noncharacters, which XML 1.0 §2.2 forbids. */
const isNone = (code: number): boolean => (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff

const shown = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code) // control pictures: ␛ for ESC
  if (code === 0x7f) return '␡'
  if (code < 0xa0 && code > 0x7f) return `\\x${code.toString(16)}`
  if (isHidden(code)) return `\\u${code.toString(16).padStart(4, '0')}`
  return isNone(code) ? '\ufffd' : character
}

const plain = /^[ -~]*$/

/** One line of text that does nothing to a terminal, to XML, TAP or JSON: whatever a peer put into it shows as a sign. */
export const visible = (text: string): string => (plain.test(text) ? text : Array.from(text, shown).join(''))

/** A SIP URI as it may be shown: where there is a password, its place. */
export const withoutPassword = (text: string): string => text.replace(/^(sips?:[^\s:@]*):[^\s@]*@/, '$1:***@')

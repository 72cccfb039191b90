/** RFC 3261 §25.1: classes of characters, as tables over one byte. */
export type Chars = readonly boolean[]

const table = (characters: string): Chars =>
  Array.from({ length: 256 }, (_, code) => characters.includes(String.fromCharCode(code)))

const digit = '0123456789'
const alphanumeric = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz${digit}`
const unreserved = `${alphanumeric}-_.!~*'()`

export const tokenChars = table(`${alphanumeric}-.!%*_+\`'~`)
/** An escape (`%41`) is looked at apart from these. */
export const userChars = table(`${unreserved}&=+$,;?/`)
export const passwordChars = table(`${unreserved}&=+$,`)
export const uriParamChars = table(`${unreserved}[]/:&+$`)
export const uriHeaderChars = table(`${unreserved}[]/?:+$`)
/** RFC 3986 §2: what any URI is made of. */
export const uriChars = table(`${unreserved}:/?#[]@&=+$,;%`)
/** An underscore is in no host name (RFC 1123 §2.1), but it is seen in those of containers. */
export const hostChars = table(`${alphanumeric}-._`)
export const schemeChars = table(`${alphanumeric}+-.`)
const hexDigits = table(`${digit}abcdefABCDEF`)
const digits = table(digit)

const isHex = (code: number): boolean => hexDigits[code] === true

/** Where the run of such characters that begins at `from` ends. */
export const endOf = (text: string, from: number, allowed: Chars): number => {
  let at = from
  while (at < text.length && allowed[text.charCodeAt(at)] === true) at += 1
  return at
}

/** The same with escapes allowed; a `%` without two hexadecimal digits ends the run (§25.1 `escaped`). */
export const endOfEscaped = (text: string, from: number, allowed: Chars): number => {
  let at = endOf(text, from, allowed)
  while (text[at] === '%' && isHex(text.charCodeAt(at + 1)) && isHex(text.charCodeAt(at + 2)))
    at = endOf(text, at + 3, allowed)
  return at
}

const isAll = (text: string, allowed: Chars): boolean => text.length > 0 && endOf(text, 0, allowed) === text.length

export const isDigits = (text: string): boolean => isAll(text, digits)
/** `token`: method, field name, parameter name. */
export const isToken = (text: string): boolean => isAll(text, tokenChars)

/** SP or HT: linear white space, once a field is unfolded. */
export const isSpace = (code: number): boolean => code === 0x20 || code === 0x09

/** The same and the line ends of folds: in text that is not unfolded. */
export const isBlank = (code: number): boolean => isSpace(code) || code === 0x0d || code === 0x0a

export const skipBlank = (text: string, from: number): number => {
  let at = from
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1
  return at
}

export const skipSpace = (text: string, from: number): number => {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1
  return at
}

/** Without SP and HT around it; `String.trim` would also take 0xA0, the last byte of a UTF-8 `à`. */
export const trimmed = (text: string): string => {
  let end = text.length
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(Math.min(skipSpace(text, 0), end), end)
}

/** Behind the quoted string that begins at `from`; -1 where it does not end (§25.1, backslash escapes). */
export const endOfQuoted = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return -1
}

import { endOfQuoted, isBlank, isSpace, skipBlank } from './chars.ts'
import { latin1 } from './text.ts'

/** CR and LF stay where they are, or a folded field would fall apart. */
const hide = (bytes: Uint8Array, from: number, to: number, filler: number): void => {
  for (let at = from; at < to; at += 1) if (bytes[at] !== 0x0d && bytes[at] !== 0x0a) bytes[at] = filler
}

/** Up to white space or a separator of parameters. */
const endOfWord = (text: string, from: number, separators: string): number => {
  let at = from
  while (at < text.length && !isBlank(text.charCodeAt(at)) && !separators.includes(text[at] ?? '')) at += 1
  return at
}

/** The fields that hold what is made of a password (RFC 3261 §20.6, §20.7, §20.28, RFC 7615 §4), and in which parameter. */
const secretParams: readonly (readonly [name: string, param: string])[] = [
  ['authorization', 'response'],
  ['proxy-authorization', 'response'],
  ['authentication-info', 'rspauth'],
  ['proxy-authentication-info', 'rspauth'],
]

/** Behind the colon of a field of that name which begins at `from`; -1 where it is another. `text` is in lower case. */
const valueOfField = (text: string, from: number, name: string): number => {
  if (!text.startsWith(name, from)) return -1
  let at = from + name.length
  while (isSpace(text.charCodeAt(at))) at += 1
  return text[at] === ':' ? at + 1 : -1
}

/** Hides the value that begins at `from`, without its quotes. Gives where another may begin: between them, too. */
const hideValue = (bytes: Uint8Array, text: string, from: number): number => {
  const isQuoted = text[from] === '"'
  const end = isQuoted ? endOfQuoted(text, from) : endOfWord(text, from, ',"')
  hide(bytes, isQuoted ? from + 1 : from, end < 0 ? text.length : isQuoted ? end - 1 : end, 0x78)
  if (end < 0) return text.length
  return isQuoted ? from + 1 : end
}

/** Wherever `name=` stands, within quotes too: a quote that never ends, or that none began, must not hide what follows. */
const hideParam = (bytes: Uint8Array, text: string, from: number, name: string): void => {
  let at = text.indexOf(name, from)
  while (at >= 0) {
    const next = at + name.length
    const equal = skipBlank(text, next)
    at = text.indexOf(name, text[equal] === '=' ? hideValue(bytes, text, skipBlank(text, equal + 1)) : next)
  }
}

/** Credentials of another scheme than Digest are a secret as a whole: a token or a password (RFC 8898, RFC 7617). */
const hideCredentials = (bytes: Uint8Array, text: string, from: number): void => {
  let at = endOfWord(text, skipBlank(text, from), '')
  while (at < text.length) {
    const word = skipBlank(text, at)
    at = endOfWord(text, word, '')
    hide(bytes, word, at, 0x78)
  }
}

/** RFC 4568 §6.1: the key ends at `|` (lifetime, MKI), at `;` (another key) or at white space. */
const hideKeys = (bytes: Uint8Array, text: string, from: number): void => {
  let at = text.indexOf('inline:', from)
  while (at >= 0) {
    const end = endOfWord(text, at + 7, '|;')
    hide(bytes, at + 7, end, 0x41)
    at = text.indexOf('inline:', end)
  }
}

/** `k=clear:…` (RFC 4566 §5.12), `key-mgmt:mikey …` (RFC 4567 §3.1) and `ice-pwd:…` (RFC 8839 §5.4): all behind the method. */
const hideRest = (bytes: Uint8Array, text: string, method: number, separator: string): void => {
  const end = text.indexOf(separator, method)
  if (method >= 0 && end >= 0) hide(bytes, end + 1, text.length, 0x78)
}

/** Where the line, with its continuations, ends. */
const endOfField = (text: string, from: number): number => {
  let end = text.indexOf('\n', from)
  while (end >= 0 && isSpace(text.charCodeAt(end + 1))) end = text.indexOf('\n', end + 1)
  return end < 0 ? text.length : end
}

/**
 * The same message with digest responses and keys of media overwritten in place: same length, same places, so that a capture
 * still opens, and nothing in it can be replayed, guessed from or decrypted.
 */
export const maskSecrets = (wire: Uint8Array): Uint8Array => {
  const text = latin1(wire).toLowerCase()
  const masked = Uint8Array.from(wire)
  let at = 0
  while (at < text.length) {
    const end = endOfField(text, at)
    for (const [name, param] of secretParams) {
      const value = valueOfField(text, at, name)
      if (value < 0) continue
      const field = text.slice(0, end)
      const scheme = skipBlank(field, value)
      const isDigest = param === 'rspauth' || field.slice(scheme, endOfWord(field, scheme, '')) === 'digest'
      if (isDigest) hideParam(masked, field, value, param)
      else hideCredentials(masked, field, value)
    }
    // `a=crypto`, and `a=acap` that offers one (RFC 5939 §3.4.2).
    if (text.startsWith('a=', at)) {
      const line = text.slice(0, end)
      hideKeys(masked, line, at)
      hideRest(masked, line, line.indexOf('key-mgmt:', at), ' ')
      hideRest(masked, line, line.indexOf('ice-pwd:', at), ':')
    }
    if (text.startsWith('k=', at)) hideRest(masked, text.slice(0, end), at, ':')
    at = end + 1
  }
  return masked
}

/** More of a field than this is none that we know. */
const mostKept = 65_536

/** Where the last field begins that the next bytes may go on with: a line, or one that such a line continues. */
const openField = (bytes: Uint8Array): number => {
  let at = bytes.length
  for (let lines = 0; at > 0;) {
    at = bytes.lastIndexOf(0x0a, at - 1)
    if (at < 0) return 0
    const next = bytes[at + 1]
    if (next === 0x20 || next === 0x09) continue
    lines += 1
    if (next !== undefined || lines > 1) return at + 1
  }
  return 0
}

/** The same for the bytes of a stream as they come: a secret may begin in one packet and end in another. */
export const createStreamMask = (): ((bytes: Uint8Array) => Uint8Array) => {
  let kept = new Uint8Array(0)
  return (bytes) => {
    const whole = new Uint8Array(kept.length + bytes.length)
    whole.set(kept)
    whole.set(bytes, kept.length)
    const masked = maskSecrets(whole).subarray(kept.length)
    const from = openField(whole)
    kept = whole.length - from > mostKept ? new Uint8Array(0) : whole.slice(from)
    return masked
  }
}

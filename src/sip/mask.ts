import { latin1 } from './text.ts'

const isHex = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 13 || code === 10
/** RFC 4648 §4. */
const isBase64 = (code: number): boolean =>
  isHex(code) || (code >= 71 && code <= 90) || (code >= 103 && code <= 122) || code === 43 || code === 47 || code === 61

const hide = (bytes: Uint8Array, from: number, belongs: (code: number) => boolean, filler: number): number => {
  let at = from
  while (at < bytes.length && belongs(bytes[at] ?? 0)) bytes[at++] = filler
  return at
}

/** Place behind `name`, white space, `=`, white space and an opening quote; -1 where it is something else. */
const valueAt = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (at < bytes.length && isSpace(bytes[at] ?? 0)) at += 1
  if (bytes[at] !== 61) return -1
  at += 1
  while (at < bytes.length && (isSpace(bytes[at] ?? 0) || bytes[at] === 34)) at += 1
  return at
}

/**
 * The same message with the digest's `response` and SDES keys overwritten in place: same length, same places, so that a
 * capture still opens, and nothing in it can be replayed or decrypted.
 */
export const maskSecrets = (wire: Uint8Array): Uint8Array => {
  const text = latin1(wire).toLowerCase()
  const masked = Uint8Array.from(wire)
  for (let at = text.indexOf('response'); at >= 0; at = text.indexOf('response', at + 8)) {
    const value = valueAt(masked, at + 8)
    if (value >= 0) hide(masked, value, isHex, 120)
  }
  for (let at = text.indexOf('inline:'); at >= 0; at = text.indexOf('inline:', at + 7))
    hide(masked, at + 7, isBase64, 65)
  return masked
}

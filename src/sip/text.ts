/** Bytes to a string of the same length, one character a byte: nothing is lost. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The reverse of `latin1`. */
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

/** Text of ours to bytes of the wire (RFC 3261 §7: UTF-8). */
export const utf8Bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const visible = (code: number): string =>
  String.fromCodePoint(code < 0x20 ? 0x2400 + code : code === 0x7f ? 0x2421 : 0xfffd)

/** Unicode categories Cc, Cf and the separators of lines: what moves a cursor, hides or turns text around. */
const isControl = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code < 0xa0) ||
  code === 0xad ||
  code === 0x61c ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  code === 0xfeff ||
  (code >= 0xe0000 && code <= 0xe007f)

/** Wire text for people: UTF-8 decoded, controls and direction marks made visible, so that no terminal obeys a peer. */
export const displayText = (text: string): string => {
  let shown = ''
  for (const character of new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(text))) {
    const code = character.codePointAt(0) ?? 0
    shown += isControl(code) ? visible(code) : character
  }
  return shown
}

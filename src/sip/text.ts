import { visible } from '../core/visible.ts'

/** Bytes to a string of the same length, one character a byte: nothing is lost. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The reverse of `latin1`. */
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

/** Text of ours to bytes of the wire (RFC 3261 §7: UTF-8). */
export const utf8Bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Wire text for people: UTF-8 decoded, controls and direction marks made visible, so that no terminal obeys a peer. */
export const displayText = (text: string): string => visible(utf8.decode(bytesOf(text)))

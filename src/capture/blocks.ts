import { fault, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'

/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng §3.1): type, total length, body, total length again. */
export const blockTypes = {
  sectionHeader: 0x0a0d0d0a,
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  secrets: 10,
} as const

/** Option codes (§3.5, §4.1, §4.2, §4.3, §4.6). A code means what its block says. */
export const optionCodes = {
  end: 0,
  comment: 1,
  hardware: 2,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  timestampResolution: 9,
  timestampOffset: 14,
  packetFlags: 2,
} as const

export const byteOrderMagic = 0x1a2b3c4d

/** No block of ours comes near it: a datagram is at most 64 KiB, an option too. */
const largestBlock = 16 * 1024 * 1024
const mostOptions = 1000

export type Option = { readonly code: number; readonly value: Uint8Array }

export type Block = {
  readonly type: number
  /** Byte offset of the block in the file. */
  readonly at: number
  readonly length: number
  readonly body: Uint8Array
  readonly littleEndian: boolean
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const padded = (length: number): number => (length + 3) & ~3

const draft = 'draft-ietf-opsawg-pcapng §3.1'

const byteOrderAt = (view: DataView, at: number): boolean | undefined => {
  if (view.getUint32(at + 8, true) === byteOrderMagic) return true
  return view.getUint32(at + 8, false) === byteOrderMagic ? false : undefined
}

/**
 * The block at byte `at`; `undefined` where the file ends within it, as a killed writer leaves it. Only a section header
 * tells its own byte order.
 */
export const blockAt = (bytes: Uint8Array, at: number, littleEndian: boolean): Result<Block | undefined> => {
  const view = viewOf(bytes)
  if (at + 12 > bytes.length) return ok(undefined)
  const isSection = view.getUint32(at, true) === blockTypes.sectionHeader
  const order = isSection ? byteOrderAt(view, at) : littleEndian
  if (order === undefined) return fault('pcapng.byte-order', draft, `0x${view.getUint32(at + 8).toString(16)}`, at + 8)
  const length = view.getUint32(at + 4, order)
  if (length < 12 || length % 4 !== 0 || length > largestBlock)
    return fault('pcapng.block-length', draft, String(length), at + 4)
  if (at + length > bytes.length) return ok(undefined)
  const trailing = view.getUint32(at + length - 4, order)
  if (trailing !== length) return fault('pcapng.block-trailer', draft, String(trailing), at + length - 4)
  const body = bytes.subarray(at + 8, at + length - 4)
  return ok({ type: view.getUint32(at, order), at, length, body, littleEndian: order })
}

/** The options of a block, from byte `from` of its body on. A missing end of options is no fault (§3.5). */
export const optionsOf = (block: Block, from: number): Result<readonly Option[]> => {
  const view = viewOf(block.body)
  const options: Option[] = []
  for (let at = from; at + 4 <= view.byteLength;) {
    const code = view.getUint16(at, block.littleEndian)
    const length = view.getUint16(at + 2, block.littleEndian)
    if (code === optionCodes.end) break
    if (at + 4 + length > view.byteLength || options.length === mostOptions)
      return fault('pcapng.option', 'draft-ietf-opsawg-pcapng §3.5', `option ${code} of ${length}`, block.at + 8 + at)
    options.push({ code, value: block.body.subarray(at + 4, at + 4 + length) })
    at += 4 + padded(length)
  }
  return ok(options)
}

const encoder = new TextEncoder()

/** pcapng counts the bytes of an option in 16 bits; a UTF-16 unit takes at most three of them. */
const longestText = 21_000

/** A text option, cut where it is longer than an option holds. */
export const textOption = (code: number, text: string): Option => ({
  code,
  value: encoder.encode(text.length > longestText ? `${text.slice(0, longestText)}…` : text),
})

/** Comment options that together hold a text of any length. */
export const commentOptions = (text: string): readonly Option[] => {
  const options: Option[] = []
  for (let from = 0; from < text.length || options.length === 0;) {
    const end = from + longestText
    // Never between the two halves of a character beyond the BMP.
    const to = /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end
    options.push(textOption(optionCodes.comment, text.slice(from, to)))
    from = to
  }
  return options
}

export const textsOf = (options: readonly Option[], code: number): readonly string[] =>
  options.filter((option) => option.code === code).map(({ value }) => new TextDecoder().decode(value))

/** A block, little-endian: `fixed` is its body before the options, whole 32-bit words. */
export const blockBytes = (type: number, fixed: Uint8Array, options: readonly Option[]): Uint8Array => {
  const closed = options.length === 0 ? [] : [...options, { code: optionCodes.end, value: new Uint8Array() }]
  const optionBytes = closed.reduce((sum, { value }) => sum + 4 + padded(value.length), 0)
  const length = 12 + fixed.length + optionBytes
  const bytes = new Uint8Array(length)
  const view = viewOf(bytes)
  view.setUint32(0, type, true)
  view.setUint32(4, length, true)
  bytes.set(fixed, 8)
  let at = 8 + fixed.length
  for (const { code, value } of closed) {
    view.setUint16(at, code, true)
    view.setUint16(at + 2, value.length, true)
    bytes.set(value, at + 4)
    at += 4 + padded(value.length)
  }
  view.setUint32(length - 4, length, true)
  return bytes
}

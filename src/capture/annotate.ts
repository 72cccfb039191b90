import {
  blockAt,
  blockBytes,
  blockTypes,
  joined,
  optionCodes,
  optionsOf,
  textOption,
  textsOf,
  viewOf,
} from './blocks.ts'
import type { Block } from './blocks.ts'

/** Where the options of a block begin in its body; `undefined` for a block that gets no comment. */
const optionsFrom = ({ type, body }: Block): number | undefined => {
  if (type === blockTypes.sectionHeader) return 16
  if (type !== blockTypes.enhancedPacket || body.length < 20) return undefined
  const length = viewOf(body).getUint32(12, true)
  return length > body.length - 20 ? undefined : 20 + ((length + 3) & ~3)
}

const commented = (block: Block, comments: readonly string[]): Uint8Array | undefined => {
  const from = optionsFrom(block)
  if (from === undefined || from > block.body.length || comments.length === 0) return undefined
  const options = optionsOf(block, from)
  if (!options.ok) return undefined
  const known = new Set(textsOf(options.value, optionCodes.comment)) // by an earlier report of the same run
  const added = comments.filter((text) => !known.has(text)).map((text) => textOption(optionCodes.comment, text))
  return blockBytes(block.type, block.body.subarray(0, from), [...options.value, ...added])
}

/**
 * A capture of ours with comments added to frames, by number, and to the section; and with the names of addresses, which are
 * known at its end, right behind the section header, for a reader that goes through it once. Every other byte stays as it is,
 * a cut tail and all that cannot be read too.
 */
export const annotate = (
  bytes: Uint8Array,
  comments: ReadonlyMap<number, readonly string[]>,
  sectionComment?: string,
): Uint8Array => {
  const parts: Uint8Array[] = []
  const names: Uint8Array[] = []
  let behindSection = 0
  let frame = 0
  let at = 0
  // `kept` trails behind `at`: what needs no change is taken over in one piece.
  let kept = 0
  while (at < bytes.length) {
    const read = blockAt(bytes, at, true)
    if (!read.ok || !read.value?.littleEndian) break
    const block = read.value
    if (block.type === blockTypes.enhancedPacket) frame += 1
    const ofFrame = block.type === blockTypes.enhancedPacket ? (comments.get(frame) ?? []) : []
    const ofSection = at === 0 && sectionComment !== undefined ? [sectionComment] : []
    const changed = commented(block, [...ofFrame, ...ofSection])
    if (changed) {
      parts.push(bytes.subarray(kept, at), changed)
      kept = at + block.length
    }
    at += block.length
    if (block.type === blockTypes.sectionHeader) {
      parts.push(bytes.subarray(kept, at))
      behindSection = parts.length
      kept = at
    } else if (block.type === blockTypes.nameResolution) {
      names.push(bytes.subarray(at - block.length, at))
      parts.push(bytes.subarray(kept, at - block.length))
      kept = at
    }
  }
  return joined([...parts.slice(0, behindSection), ...names, ...parts.slice(behindSection), bytes.subarray(kept)])
}

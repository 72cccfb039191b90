import type { Frame, Tap } from '../core/frame.ts'
import { fault, ok, shifted } from '../core/result.ts'
import type { Failed, Result } from '../core/result.ts'
import { blockAt, blockTypes, optionCodes, optionsOf, textsOf, viewOf } from './blocks.ts'
import type { Block, Option } from './blocks.ts'
import { readPacket } from './ip.ts'
import { createConnectionNumbers } from './segments.ts'
import { directions, linkTypeRaw, madeMark, startMark } from './write.ts'

export type CaptureInterface = {
  readonly name: string
  readonly description: string
  /** What its statistics block says; absent where the writer was killed before. */
  readonly endComment?: string
}

export type CapturedFrame = {
  readonly interface: number
  readonly frame: Frame
  /** Without the one that says why the frame was made. */
  readonly comments: readonly string[]
}

/** A capture file of ours. Frames keep views of the file's bytes, not copies. */
export type Capture = {
  readonly application: string
  /** The comment that the writer gave the section. */
  readonly sectionComment: string
  /** Comments that were added to the section later. */
  readonly annotations: readonly string[]
  /** Clock time of the frames' time 0, in microseconds since 1970. */
  readonly startedAtUs: number
  readonly interfaces: readonly CaptureInterface[]
  readonly frames: readonly CapturedFrame[]
  /** Where the file ends within a block, because its writer was killed. */
  readonly cut?: string
}

const mostInterfaces = 10_000
const mostFrames = 20_000_000

/** What is folded while the blocks go by; owned and mutated by `readOwnCapture` alone. */
type Reading = {
  application: string
  sectionComment: string
  annotations: readonly string[]
  startedAtUs: number
  interfaces: CaptureInterface[]
  frames: CapturedFrame[]
  /** By interface. */
  connections: ReturnType<typeof createConnectionNumbers>[]
}

const refuse = (rule: string, section: string, saw: string, at: number): Failed =>
  fault(`pcapng.${rule}`, `draft-ietf-opsawg-pcapng §${section}`, saw, at)

const tooShort = (block: Block, section: string): Failed =>
  refuse('block-length', section, `${block.length} bytes for block type ${block.type}`, block.at + 4)

/** `startText` of write.ts, back in microseconds. */
const startOf = (text: string): number | undefined => {
  const match = /^([0-9]{1,10})\.([0-9]{6}) /.exec(text.slice(startMark.length))
  return match ? Number(match[1]) * 1e6 + Number(match[2]) : undefined
}

const readSection = (reading: Reading, block: Block): Result<void> => {
  if (block.at !== 0) return refuse('second-section', '4.1', 'another section header', block.at)
  if (block.body.length < 16) return tooShort(block, '4.1')
  const major = viewOf(block.body).getUint16(4, block.littleEndian)
  if (major !== 1) return refuse('version', '4.1', `version ${major}`, block.at + 12)
  const options = optionsOf(block, 16)
  if (!options.ok) return options
  const comments = textsOf(options.value, optionCodes.comment)
  const mark = comments.findIndex((comment) => comment.startsWith(startMark))
  const startedAtUs = startOf(comments[mark] ?? '')
  if (startedAtUs === undefined)
    return refuse('not-ours', '4.1', 'no comment of trunkproof that says when it began', block.at)
  reading.application = textsOf(options.value, optionCodes.application)[0] ?? ''
  reading.sectionComment = comments.slice(0, mark).join('')
  reading.annotations = comments.slice(mark + 1)
  reading.startedAtUs = startedAtUs
  return ok(undefined)
}

const readInterface = (reading: Reading, block: Block): Result<void> => {
  if (block.body.length < 8) return tooShort(block, '4.2')
  if (reading.interfaces.length === mostInterfaces)
    return refuse('interfaces', '4.2', `more than ${mostInterfaces}`, block.at)
  const linkType = viewOf(block.body).getUint16(0, block.littleEndian)
  if (linkType !== linkTypeRaw) return refuse('link-type', '4.2', `link type ${linkType}`, block.at + 8)
  const options = optionsOf(block, 8)
  if (!options.ok) return options
  const resolution = options.value.find(({ code }) => code === optionCodes.timestampResolution)?.value[0] ?? 6
  if (resolution !== 6) return refuse('time-resolution', '4.2', String(resolution), block.at)
  reading.interfaces.push({
    name: textsOf(options.value, optionCodes.interfaceName)[0] ?? '',
    description: textsOf(options.value, optionCodes.interfaceDescription)[0] ?? '',
  })
  return ok(undefined)
}

const tapOf = (options: readonly Option[], littleEndian: boolean): Tap => {
  const flags = options.find(({ code, value }) => code === optionCodes.packetFlags && value.length === 4)?.value
  const direction = flags === undefined ? 0 : viewOf(flags).getUint32(0, littleEndian) & 3
  if (direction === directions.sent) return 'sent'
  return direction === directions.received ? 'received' : 'observed'
}

const readFrame = (reading: Reading, block: Block): Result<void> => {
  if (block.body.length < 20) return tooShort(block, '4.3')
  if (reading.frames.length === mostFrames) return refuse('frames', '4.3', `more than ${mostFrames}`, block.at)
  const view = viewOf(block.body)
  const word = (at: number): number => view.getUint32(at, block.littleEndian)
  const id = word(0)
  const length = word(12)
  if (id >= reading.interfaces.length) return refuse('interface', '4.3', `interface ${id}`, block.at + 8)
  if (20 + length > block.body.length || length !== word(16))
    return refuse('packet-length', '4.3', `${length} of ${word(16)} bytes`, block.at + 20)
  const timeUs = word(4) * 2 ** 32 + word(8)
  if (!Number.isSafeInteger(timeUs)) return refuse('time', '4.3', String(timeUs), block.at + 12)
  const packet = readPacket(block.body.subarray(20, 20 + length))
  if (!packet.ok) return shifted(packet, block.at + 28)
  const { segment, ...crossing } = packet.value
  const numberOf = (reading.connections[id] ??= createConnectionNumbers())
  const { ends } = segment ?? {}
  const stream = {
    connection: segment === undefined ? 0 : numberOf(crossing.source, crossing.destination, ends),
    gap: false,
    ...(ends === undefined ? {} : { ends }),
  }
  const options = optionsOf(block, 20 + ((length + 3) & ~3))
  if (!options.ok) return options
  const all = textsOf(options.value, optionCodes.comment)
  const made = all.find((comment) => comment.startsWith(madeMark))
  reading.frames.push({
    interface: id,
    frame: {
      number: reading.frames.length + 1,
      timeMs: (timeUs - reading.startedAtUs) / 1000,
      tap: tapOf(options.value, block.littleEndian),
      ...crossing,
      ...(segment === undefined ? {} : { stream }),
      ...(made === undefined ? {} : { made: made.slice(madeMark.length) }),
    },
    comments: all.filter((comment) => comment !== made),
  })
  return ok(undefined)
}

const readStatistics = (reading: Reading, block: Block): Result<void> => {
  if (block.body.length < 12) return tooShort(block, '4.6')
  const id = viewOf(block.body).getUint32(0, block.littleEndian)
  const known = reading.interfaces[id]
  if (known === undefined) return refuse('interface', '4.6', `interface ${id}`, block.at + 8)
  const options = optionsOf(block, 12)
  if (!options.ok) return options
  const comments = textsOf(options.value, optionCodes.comment)
  if (comments.length > 0) reading.interfaces[id] = { ...known, endComment: comments.join('') }
  return ok(undefined)
}

const readBlock = (reading: Reading, block: Block): Result<void> => {
  switch (block.type) {
    case blockTypes.sectionHeader:
      return readSection(reading, block)
    case blockTypes.interface:
      return readInterface(reading, block)
    case blockTypes.enhancedPacket:
      return readFrame(reading, block)
    case blockTypes.interfaceStatistics:
      return readStatistics(reading, block)
    // Passing over a packet would give all later frames a number that Wireshark does not show.
    case blockTypes.obsoletePacket:
    case blockTypes.simplePacket:
      return refuse('block-type', '4.4', `block type ${block.type}`, block.at)
    default:
      return ok(undefined)
  }
}

/**
 * Reads a pcapng file as `write.ts` makes it, back to the very frames that were written; `reader.ts` opens those of others, in
 * memory that does not grow with them. A cut tail is no fault: `cut` says where.
 */
export const readOwnCapture = (bytes: Uint8Array): Result<Capture> => {
  const reading: Reading = {
    application: '',
    sectionComment: '',
    annotations: [],
    startedAtUs: 0,
    interfaces: [],
    frames: [],
    connections: [],
  }
  let at = 0
  let littleEndian = true
  let cut: string | undefined
  if (bytes.length < 4 || viewOf(bytes).getUint32(0) !== blockTypes.sectionHeader)
    return refuse('magic', '4.1', [...bytes.subarray(0, 4)].map((byte) => byte.toString(16)).join(' '), 0)
  while (at < bytes.length) {
    const block = blockAt(bytes, at, littleEndian)
    if (!block.ok) return block
    if (block.value === undefined) {
      cut = `the file ends within the block that begins at byte ${at}`
      break
    }
    const read = readBlock(reading, block.value)
    if (!read.ok) return read
    littleEndian = block.value.littleEndian
    at += block.value.length
  }
  const { connections: _, ...capture } = reading
  return ok({ ...capture, ...(cut === undefined ? {} : { cut }) })
}

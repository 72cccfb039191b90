import type { Frame, Tap } from '../core/frame.ts'
import {
  blockBytes,
  blockTypes,
  byteOrderMagic,
  commentOptions,
  joined,
  optionCodes,
  textOption,
  viewOf,
} from './blocks.ts'
import { type Segment, addressOctets, writePacket } from './ip.ts'

/** LINKTYPE_RAW: IPv4 or IPv6 by the version of the packet. */
export const linkTypeRaw = 101

/** Opens the comment of a frame that crossed no wire; what follows is why we wrote it. */
export const madeMark = 'made by trunkproof, not seen on a wire: '

/** Opens the section comment that says what time 0 of the frames is; the writer's own stands before, annotations after. */
export const startMark = 'time 0 is '

/** Direction in `epb_flags` (draft-ietf-opsawg-pcapng §4.3.1). */
export const directions = { observed: 0, received: 1, sent: 2 } as const satisfies Record<Tap, number>

/** The clock time of time 0, in whole microseconds: `time 0 is 1795634880.123456 s since 1970 (UTC)`. */
const startText = (startedAtUs: number): string => {
  const seconds = Math.floor(startedAtUs / 1e6)
  return `${startMark}${seconds}.${String(startedAtUs - seconds * 1e6).padStart(6, '0')} s since 1970 (UTC)`
}

export type SectionHeader = {
  readonly hardware?: string
  /** Name and version of what wrote the file. */
  readonly application: string
  /** Of any length. */
  readonly comment: string
  /** Clock time of the frames' time 0, in microseconds since 1970. */
  readonly startedAtUs: number
}

/** Section header block (draft-ietf-opsawg-pcapng §4.1): the beginning of a capture file. */
export const sectionHeader = ({ hardware, application, comment, startedAtUs }: SectionHeader): Uint8Array => {
  const fixed = new Uint8Array(16)
  const view = viewOf(fixed)
  view.setUint32(0, byteOrderMagic, true)
  view.setUint16(4, 1, true) // version 1.0
  view.setBigInt64(8, -1n, true) // section length not known
  return blockBytes(blockTypes.sectionHeader, fixed, [
    ...commentOptions(comment),
    textOption(optionCodes.comment, startText(startedAtUs)),
    ...(hardware === undefined ? [] : [textOption(optionCodes.hardware, hardware)]),
    textOption(optionCodes.application, application),
  ])
}

export type InterfaceBlock = {
  readonly name: string
  readonly description: string
  /** Raw IP where nothing else is said. */
  readonly linkType?: number
}

/** Interface description block (§4.2), times in microseconds. Interfaces count from 0 in the order of the file. */
export const interfaceBlock = ({ name, description, linkType = linkTypeRaw }: InterfaceBlock): Uint8Array => {
  const fixed = new Uint8Array(8)
  viewOf(fixed).setUint16(0, linkType, true)
  return blockBytes(blockTypes.interface, fixed, [
    textOption(optionCodes.interfaceName, name),
    textOption(optionCodes.interfaceDescription, description),
    { code: optionCodes.timestampResolution, value: Uint8Array.of(6) },
  ])
}

const setTime = (view: DataView, at: number, timeUs: number): void => {
  view.setUint32(at, Math.floor(timeUs / 2 ** 32), true)
  view.setUint32(at + 4, timeUs % 2 ** 32, true)
}

export type FrameBlock = {
  readonly interface: number
  readonly frame: Frame
  /** Of a frame of layer `tcp`. */
  readonly segment?: Segment | undefined
  readonly startedAtUs: number
  readonly comments: readonly string[]
}

export type PacketBlock = {
  readonly interface: number
  /** Since 1970. */
  readonly timeUs: number
  readonly data: Uint8Array
  /** On the wire, where the capture cut it. */
  readonly originalLength: number
  readonly comments: readonly string[]
  readonly tap: Tap
}

/** Enhanced packet block (§4.3). */
export const packetBlock = ({
  interface: id,
  timeUs,
  data,
  originalLength,
  comments,
  tap,
}: PacketBlock): Uint8Array => {
  const fixed = new Uint8Array(20 + ((data.length + 3) & ~3))
  const view = viewOf(fixed)
  view.setUint32(0, id, true)
  setTime(view, 4, timeUs)
  view.setUint32(12, data.length, true)
  view.setUint32(16, originalLength, true)
  fixed.set(data, 20)
  const flags = new Uint8Array(4)
  viewOf(flags).setUint32(0, directions[tap], true)
  return blockBytes(blockTypes.enhancedPacket, fixed, [
    ...comments.map((text) => textOption(optionCodes.comment, text)),
    { code: optionCodes.packetFlags, value: flags },
  ])
}

/**
 * The block of one frame. The frame's number is its place among all frames of the file: write them in that order. Only
 * datagrams, segments of TCP and ICMP messages have a form.
 */
export const frameBlock = ({ interface: id, frame, segment, startedAtUs, comments }: FrameBlock): Uint8Array => {
  const { layer, source, destination, bytes, made, tap } = frame
  if (layer === 'tls' || layer === 'dns') throw new RangeError(`a frame of layer ${layer} has no packet`)
  const packet = { layer, source, destination, bytes }
  const data = writePacket(segment === undefined ? packet : { ...packet, segment })
  return packetBlock({
    interface: id,
    timeUs: startedAtUs + Math.round(frame.timeMs * 1000),
    data,
    originalLength: data.length,
    comments: made === undefined ? comments : [madeMark + made, ...comments],
    tap,
  })
}

export type NamedAddress = { readonly address: string; readonly names: readonly string[] }

const nameRecords = { end: 0, ipv4: 1, ipv6: 2 } as const

/** Name resolution block (§4.5): what the addresses of the section are called. */
export const nameBlock = (named: readonly NamedAddress[]): Uint8Array => {
  const records = named.map(({ address, names }) => {
    const octets = addressOctets(address)
    const text = new TextEncoder().encode(names.map((name) => `${name}\0`).join(''))
    const length = octets.length + text.length
    const record = new Uint8Array(4 + ((length + 3) & ~3))
    viewOf(record).setUint16(0, octets.length === 4 ? nameRecords.ipv4 : nameRecords.ipv6, true)
    viewOf(record).setUint16(2, length, true)
    record.set(octets, 4)
    record.set(text, 4 + octets.length)
    return record
  })
  const end = new Uint8Array(4) // nrb_record_end, of length 0
  return blockBytes(blockTypes.nameResolution, joined([...records, end]), [])
}

export type InterfaceStatistics = { readonly interface: number; readonly timeUs: number; readonly comment: string }

/** Interface statistics block (§4.6): what is to say of an interface at its end, of any length; `timeUs` since 1970. */
export const interfaceStatistics = ({ interface: id, timeUs, comment }: InterfaceStatistics): Uint8Array => {
  const fixed = new Uint8Array(12)
  const view = viewOf(fixed)
  view.setUint32(0, id, true)
  setTime(view, 4, timeUs)
  return blockBytes(blockTypes.interfaceStatistics, fixed, commentOptions(comment))
}

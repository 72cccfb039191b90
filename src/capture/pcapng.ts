import { type Failed, type Result, fault, ok } from '../core/result.ts'
import { type Block, blockTypes, byteOrderMagic, optionCodes, optionsOf, textsOf } from './blocks.ts'
import type { Format, Sink } from './format.ts'
import { type Order, bigEndian, littleEndian, u32 } from '../core/octets.ts'
import { createUnits } from './time-units.ts'

const draft = 'draft-ietf-opsawg-pcapng'
const headBytes = 12
/** A packet with its options; what is larger claims what no capture program writes. */
const largestBlock = 1024 * 1024
const mostInterfaces = 10_000
const noComments: readonly string[] = []

/** Wireshark (from 4.0 on) counts them among the frames, and the numbers that we cite are to be its own. */
const numbered: ReadonlyMap<number, string> = new Map([
  [9, 'systemd journal'],
  [0xbad, 'custom block'],
  [0x40000bad, 'custom block'],
])
const read: ReadonlySet<number> = new Set([
  blockTypes.sectionHeader,
  blockTypes.interface,
  blockTypes.obsoletePacket,
  blockTypes.simplePacket,
  blockTypes.enhancedPacket,
  blockTypes.secrets,
])

type Interface = {
  readonly index: number
  readonly snapLength: number
  readonly toUs: (high: number, low: number) => number
}

/** Any pcapng file: sections of either byte order, each with interfaces of its own. */
export const createPcapng = (sink: Sink): Format => {
  let order: Order = littleEndian
  /** Of the section. */
  let interfaces: Interface[] = []
  let count = 0
  let lastUs = 0
  let passing = 0

  const isSection = (data: Uint8Array, at: number): boolean => u32(data, at) === blockTypes.sectionHeader

  const blockOf = (data: Uint8Array, at: number, length: number): Block => ({
    type: order.u32(data, at),
    at,
    length,
    body: data.subarray(at + 8, at + length - 4),
    littleEndian: order === littleEndian,
  })

  const refuse = (rule: string, section: string, saw: string, at: number) =>
    fault(`pcapng.${rule}`, `${draft} §${section}`, saw, at)

  const size: Format['size'] = (data, at, end) => {
    if (end - at < headBytes) return headBytes
    if (isSection(data, at)) {
      const magic = u32(data, at + 8)
      const isLittle = magic !== byteOrderMagic
      if (isLittle && littleEndian.u32(data, at + 8) !== byteOrderMagic)
        return refuse('byte-order', '4.1', `0x${magic.toString(16)}`, at + 8)
      order = isLittle ? littleEndian : bigEndian
    }
    const length = order.u32(data, at + 4)
    if (length < headBytes || length % 4 !== 0)
      return refuse('block-length', '3.1', `a block that claims ${length} bytes`, at + 4)
    passing = 0
    const type = order.u32(data, at)
    if (read.has(type)) {
      if (length <= largestBlock) return length
      // Keys of many connections may be as many.
      if (type !== blockTypes.secrets)
        return refuse('block-length', '3.1', `a block that claims ${length} bytes`, at + 4)
    }
    passing = length - headBytes
    return headBytes
  }

  const section = ({ body, at }: Block): Failed | undefined => {
    const major = order.u16(body, 4)
    if (body.length < 16) return refuse('block-length', '4.1', `${body.length} bytes`, at + 4)
    if (major !== 1) return refuse('version', '4.1', `version ${major}`, at + 12)
    interfaces = []
    return undefined
  }

  const link = (block: Block): Failed | undefined => {
    const { body, at } = block
    if (body.length < 8) return refuse('block-length', '4.2', `${body.length} bytes`, at + 4)
    if (count >= mostInterfaces) return refuse('interfaces', '4.2', `more than ${mostInterfaces}`, at)
    const parsed = optionsOf(block, 8)
    // One of them may say what its times mean.
    if (!parsed.ok) return parsed
    const options = parsed.value
    const valueOf = (code: number, length: number): Uint8Array | undefined =>
      options.find((option) => option.code === code && option.value.length === length)?.value
    const offset = valueOf(optionCodes.timestampOffset, 8)
    const offsetS = offset === undefined ? 0 : signed64(offset, order)
    const toUs = createUnits(valueOf(optionCodes.timestampResolution, 1)?.[0] ?? 6, offsetS)
    interfaces.push({ index: count, snapLength: order.u32(body, 4) || largestBlock, toUs })
    count += 1
    sink.link({ name: textsOf(options, optionCodes.interfaceName)[0] ?? '', linkType: order.u16(body, 0) })
    return undefined
  }

  const interfaceAt = (id: number, at: number): Result<Interface> => {
    const found = interfaces[id]
    return found === undefined
      ? refuse('interface', '4.3', `a packet of interface ${id}, which is not there`, at)
      : ok(found)
  }

  const commentsOf = (block: Block, from: number): readonly string[] => {
    if (from + 4 > block.body.length) return noComments
    const options = optionsOf(block, from)
    return options.ok ? textsOf(options.value, optionCodes.comment) : noComments
  }

  /** §4.3, and its forerunner of appendix A, which differs in how it names the interface. */
  const packet = (block: Block, data: Uint8Array, id: number): Failed | undefined => {
    const { body, at } = block
    const captured = order.u32(body, 12)
    if (body.length < 20 || captured > body.length - 20)
      return refuse('packet-length', '4.3', `a packet that claims ${captured} bytes`, at + 20)
    const on = interfaceAt(id, at + 8)
    if (!on.ok) return on
    lastUs = on.value.toUs(order.u32(body, 4), order.u32(body, 8))
    const start = at + 28
    const comments = commentsOf(block, 20 + ((captured + 3) & ~3))
    sink.packet(on.value.index, lastUs, data, start, start + captured, order.u32(body, 16), comments)
    return undefined
  }

  /** §4.4: of the first interface, without a time: that of the packet before it. */
  const simplePacket = ({ body, at }: Block, data: Uint8Array): Failed | undefined => {
    const on = interfaceAt(0, at)
    if (!on.ok) return on
    const original = order.u32(body, 0)
    const captured = Math.min(original, on.value.snapLength, Math.max(0, body.length - 4))
    sink.packet(on.value.index, lastUs, data, at + 12, at + 12 + captured, original, [])
    return undefined
  }

  const secrets = ({ body }: Block): Failed | undefined => {
    const length = order.u32(body, 4)
    if (length <= body.length - 8) sink.secrets({ type: order.u32(body, 0), data: body.slice(8, 8 + length) })
    return undefined
  }

  const take: Format['take'] = (data, at, length) => {
    if (passing > 0) {
      const type = order.u32(data, at)
      const record = numbered.get(type)
      if (record !== undefined) sink.numbered(record)
      if (type === blockTypes.secrets) sink.passed('secrets beyond 1 MB')
      return undefined
    }
    const trailing = order.u32(data, at + length - 4)
    if (trailing !== length)
      return refuse(
        'block-trailer',
        '3.1',
        `a block of ${length} bytes that ends as one of ${trailing}`,
        at + length - 4,
      )
    const block = blockOf(data, at, length)
    switch (block.type) {
      case blockTypes.sectionHeader:
        return section(block)
      case blockTypes.interface:
        return link(block)
      case blockTypes.enhancedPacket:
        return packet(block, data, order.u32(block.body, 0))
      case blockTypes.obsoletePacket:
        return packet(block, data, order.u16(block.body, 0))
      case blockTypes.simplePacket:
        return simplePacket(block, data)
      case blockTypes.secrets:
        return secrets(block)
      default:
        return undefined
    }
  }
  return { size, take, skips: () => passing }
}

/** Seconds that a clock of this century may be off: small enough to be exact. */
const signed64 = (value: Uint8Array, order: Order): number => {
  const [high, low] =
    order === littleEndian ? [order.u32(value, 4), order.u32(value, 0)] : [u32(value, 0), u32(value, 4)]
  const seconds = (high | 0) * 2 ** 32 + low
  return Number.isSafeInteger(seconds * 1e6) ? seconds : 0
}

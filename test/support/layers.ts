/** Packets as they stand on a wire, one layer inside of the other, and the files that hold them. */

const u16 = (value: number): readonly number[] => [(value >> 8) & 0xff, value & 0xff]
const u32 = (value: number): readonly number[] => [...u16(value >>> 16), ...u16(value & 0xffff)]

export const bytesOf = (...parts: readonly (number | readonly number[] | Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(typeof part === 'number' ? [part] : part),
      ),
    ),
  )

export const udp = (source: number, destination: number, payload: Uint8Array): Uint8Array =>
  bytesOf(u16(source), u16(destination), u16(8 + payload.length), [0, 0], payload)

export type Segment = {
  readonly source: number
  readonly destination: number
  readonly sequence: number
  readonly acknowledgement?: number
  /** FIN 1, SYN 2, RST 4, ACK 16. */
  readonly flags?: number
  readonly payload?: string
}

export const tcp = ({
  source,
  destination,
  sequence,
  acknowledgement = 0,
  flags = 16,
  payload = '',
}: Segment): Uint8Array =>
  bytesOf(
    u16(source),
    u16(destination),
    u32(sequence),
    u32(acknowledgement),
    [0x50, flags],
    u16(8192),
    [0, 0, 0, 0],
    payload,
  )

export type Ipv4 = {
  readonly protocol: number
  readonly payload: Uint8Array
  readonly source?: readonly number[]
  readonly destination?: readonly number[]
  readonly id?: number
  /** Of a fragment, in bytes. */
  readonly offset?: number
  readonly hasMore?: boolean
  readonly ttl?: number
}

export const ipv4 = (packet: Ipv4): Uint8Array => {
  const { protocol, payload, source = [192, 0, 2, 1], destination = [192, 0, 2, 2], id = 1, ttl = 64 } = packet
  const field = ((packet.hasMore === true ? 1 : 0) << 13) | ((packet.offset ?? 0) >> 3)
  return bytesOf(
    [0x45, 0],
    u16(20 + payload.length),
    u16(id),
    u16(field),
    [ttl, protocol, 0, 0],
    source,
    destination,
    payload,
  )
}

/** `headers` are extension headers, of which each begins with the number of the next. */
export const ipv6 = (next: number, payload: Uint8Array, ...headers: readonly Uint8Array[]): Uint8Array => {
  const inner = bytesOf(...headers, payload)
  const address = (last: number): readonly number[] => [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), last]
  return bytesOf([0x60, 0, 0, 0], u16(inner.length), [next, 64], address(1), address(2), inner)
}

export const links = {
  ethernet: { linkType: 1, wrap: (ip: Uint8Array, type = 0x0800) => bytesOf(Array(12).fill(2), u16(type), ip) },
  vlan: {
    linkType: 1,
    wrap: (ip: Uint8Array, type = 0x0800) => bytesOf(Array(12).fill(2), u16(0x8100), u16(100), u16(type), ip),
  },
  qinq: {
    linkType: 1,
    wrap: (ip: Uint8Array, type = 0x0800) =>
      bytesOf(Array(12).fill(2), u16(0x88a8), u16(7), u16(0x8100), u16(100), u16(type), ip),
  },
  pppoe: {
    linkType: 1,
    wrap: (ip: Uint8Array) =>
      bytesOf(Array(12).fill(2), u16(0x8864), [0x11, 0], u16(1), u16(ip.length + 2), u16(0x0021), ip),
  },
  cooked: { linkType: 113, wrap: (ip: Uint8Array) => bytesOf([0, 0, 0, 1, 0, 6], Array(8).fill(2), u16(0x0800), ip) },
  cooked2: {
    linkType: 276,
    wrap: (ip: Uint8Array) => bytesOf(u16(0x0800), [0, 0], u32(2), [0, 1, 0, 6], Array(8).fill(2), ip),
  },
  raw: { linkType: 101, wrap: (ip: Uint8Array) => ip },
  loopbackBig: { linkType: 0, wrap: (ip: Uint8Array) => bytesOf([0, 0, 0, 2], ip) },
  loopbackLittle: { linkType: 0, wrap: (ip: Uint8Array) => bytesOf([2, 0, 0, 0], ip) },
  loop: { linkType: 108, wrap: (ip: Uint8Array) => bytesOf([0, 0, 0, 2], ip) },
  ppp: { linkType: 9, wrap: (ip: Uint8Array) => bytesOf([0xff, 3, 0, 0x21], ip) },
} as const

export type Shape = { readonly isLittle?: boolean; readonly isNano?: boolean; readonly linkType?: number }

/** What numbers of a file look like: 16 or 32 bits of either byte order. */
const numbers = (isLittle: boolean) => ({
  n16: (value: number) => (isLittle ? [...u16(value)].reverse() : u16(value)),
  n32: (value: number) => (isLittle ? [...u32(value)].reverse() : u32(value)),
})

/** A packet 20 ms behind the one before it. */
export const pcap = (
  packets: readonly Uint8Array[],
  { isLittle = true, isNano = false, linkType = 1 }: Shape = {},
): Uint8Array => {
  const { n16, n32 } = numbers(isLittle)
  const magic = isNano ? 0xa1b23c4d : 0xa1b2c3d4
  const records = packets.map((packet, index) =>
    bytesOf(
      n32(1_700_000_000),
      n32(index * 20_000 * (isNano ? 1000 : 1)),
      n32(packet.length),
      n32(packet.length),
      packet,
    ),
  )
  return bytesOf(n32(magic), n16(2), n16(4), n32(0), n32(0), n32(65_535), n32(linkType), ...records)
}

const padded = (bytes: Uint8Array): Uint8Array => bytesOf(bytes, Array<number>((4 - (bytes.length % 4)) % 4).fill(0))

export type Section = {
  readonly isLittle?: boolean
  readonly linkType?: number
  /** `if_tsresol`. */
  readonly resolution?: number
  /** `if_tsoffset`, in seconds. */
  readonly offsetS?: number
  readonly packets: readonly Uint8Array[]
  readonly form?: 'enhanced' | 'simple' | 'obsolete'
  readonly comment?: string
}

/** A section with one interface. */
export const pcapng = (...sections: readonly Section[]): Uint8Array =>
  bytesOf(
    ...sections.map(
      ({ isLittle = true, linkType = 1, resolution = 6, offsetS = 0, packets, form = 'enhanced', comment }) => {
        const { n16, n32 } = numbers(isLittle)
        const block = (type: number, body: Uint8Array) =>
          bytesOf(n32(type), n32(body.length + 12), body, n32(body.length + 12))
        const option = (code: number, value: Uint8Array) => bytesOf(n16(code), n16(value.length), padded(value))
        const end = bytesOf(n16(0), n16(0))
        const halves = [n32(offsetS >>> 0), n32(offsetS < 0 ? 0xffffffff : 0)]
        const offset = offsetS === 0 ? [] : [option(14, bytesOf(...(isLittle ? halves : halves.reverse())))]
        const told = comment === undefined ? [] : [option(1, bytesOf(comment)), end]
        const perSecond = resolution < 0x80 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f)
        const ticks = (index: number): bigint =>
          (BigInt(Math.round((1_700_000_000 + index * 0.02) * 1e6)) * perSecond) / 1_000_000n
        const time = (index: number) =>
          bytesOf(n32(Number(ticks(index) >> 32n)), n32(Number(ticks(index) & 0xffffffffn)))
        const bodies = {
          enhanced: (packet: Uint8Array, index: number) =>
            block(6, bytesOf(n32(0), time(index), n32(packet.length), n32(packet.length), padded(packet), ...told)),
          simple: (packet: Uint8Array) => block(3, bytesOf(n32(packet.length), padded(packet))),
          obsolete: (packet: Uint8Array, index: number) =>
            block(2, bytesOf(n16(0), n16(0), time(index), n32(packet.length), n32(packet.length), padded(packet))),
        }
        return bytesOf(
          block(0x0a0d0d0a, bytesOf(n32(0x1a2b3c4d), n16(1), n16(0), n32(0xffffffff), n32(0xffffffff))),
          block(1, bytesOf(n16(linkType), n16(0), n32(0), option(9, Uint8Array.of(resolution)), ...offset, end)),
          block(0xc0ffee, bytesOf('what no reader knows')),
          ...packets.map(bodies[form]),
        )
      },
    ),
  )

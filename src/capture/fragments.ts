import type { Packet, Tally } from './packet.ts'

/** Bounds of RFC 791 §3.2 and RFC 8200 §4.5 (60 s, 65535 bytes), and our own on how much waits at a time. */
const mostOpen = 1024
const mostBytes = 16 * 1024 * 1024
const longestUs = 60e6
const longestDatagram = 65_535

/** Fragments of one datagram. Offsets count units of eight bytes, so that units tell what came. */
type Assembly = {
  bytes: Uint8Array
  /** 1 for each unit that came. */
  units: Uint8Array
  came: number
  /** In bytes; -1 until the last fragment came. */
  total: number
  /** Where the fragments so far end. */
  highest: number
  /** Of the first fragment (RFC 8200 §4.5); -1 until that came. */
  protocol: number
  readonly parts: number[]
  readonly sinceUs: number
}

export type Fragment = {
  /** Addresses and identification: what the fragments of one datagram share. */
  readonly key: string
  readonly protocol: number
  /** In bytes. */
  readonly offset: number
  readonly isLast: boolean
}

export type Fragments = {
  /** The whole datagram when `data[at..end)` completes it; `packet.parts` then names all its packets. */
  readonly add: (
    fragment: Fragment,
    data: Uint8Array,
    at: number,
    end: number,
  ) => { readonly protocol: number; readonly bytes: Uint8Array } | undefined
  /** Gives up what is not complete. */
  readonly finish: () => void
}

const grown = (bytes: Uint8Array, length: number): Uint8Array => {
  if (length <= bytes.length) return bytes
  const larger = new Uint8Array(Math.max(length, 2 * bytes.length))
  larger.set(bytes)
  return larger
}

/** Puts fragments of IPv4 and IPv6 together; of overlapping ones, the first that came holds. */
export const createFragments = (packet: Packet, tally: Tally): Fragments => {
  /** Oldest first. */
  const open = new Map<string, Assembly>()
  let heldBytes = 0

  const sizeOf = ({ bytes, units, parts }: Assembly): number => bytes.length + units.length + 8 * parts.length
  const forget = (key: string, assembly: Assembly): void => {
    open.delete(key)
    heldBytes -= sizeOf(assembly)
  }
  const giveUp = (key: string, assembly: Assembly): void => {
    forget(key, assembly)
    tally.count('fragment incomplete', assembly.parts.length)
  }
  const bound = (): void => {
    for (const [key, assembly] of open) {
      const isOld = packet.timeUs - assembly.sinceUs > longestUs
      if (!isOld && open.size <= mostOpen && heldBytes <= mostBytes) return
      giveUp(key, assembly)
    }
  }

  const begun = (): Assembly => ({
    bytes: new Uint8Array(0),
    units: new Uint8Array(0),
    came: 0,
    total: -1,
    highest: 0,
    protocol: -1,
    parts: [],
    sinceUs: packet.timeUs,
  })

  const grow = (assembly: Assembly, length: number): void => {
    assembly.bytes = grown(assembly.bytes, length)
    assembly.units = grown(assembly.units, (length + 7) >> 3)
  }

  /** How many units of `data[at..end)` were not there yet; those are taken over. */
  const fill = (assembly: Assembly, offset: number, data: Uint8Array, at: number, end: number): number => {
    let fresh = 0
    for (let from = at; from < end; from += 8) {
      const unit = (offset + from - at) >> 3
      if (assembly.units[unit] === 1) continue
      assembly.units[unit] = 1
      for (let octet = from; octet < from + 8 && octet < end; octet += 1)
        assembly.bytes[offset + octet - at] = data[octet] ?? 0
      fresh += 1
    }
    return fresh
  }

  const add: Fragments['add'] = ({ key, protocol, offset, isLast }, data, at, end) => {
    const stop = offset + end - at
    bound() // an identification comes again, and what is too old is of another datagram
    const known = open.get(key)
    const total = known?.total ?? -1
    // Every fragment but the last holds whole units, and none lies behind the last.
    const isFit = isLast ? stop >= (known?.highest ?? 0) && (total < 0 || total === stop) : (end - at) % 8 === 0
    if (at === end || stop > longestDatagram || !isFit || (total >= 0 && stop > total)) {
      tally.skip('fragment malformed')
      return undefined
    }
    const assembly = known ?? begun()
    if (known === undefined) open.set(key, assembly)
    heldBytes -= sizeOf(assembly)
    grow(assembly, stop)
    const fresh = fill(assembly, offset, data, at, end)
    // One that brings nothing but the end of the datagram belongs to it.
    const isRepeated = fresh === 0 && (!isLast || assembly.total >= 0)
    if (isRepeated) tally.skip('fragment repeated')
    else for (const part of packet.parts ?? [packet.number]) assembly.parts.push(part)
    heldBytes += sizeOf(assembly)
    assembly.came += fresh
    assembly.highest = Math.max(assembly.highest, stop)
    if (isLast) assembly.total = stop
    if (offset === 0 && assembly.protocol < 0) assembly.protocol = protocol
    if (assembly.total < 0 || assembly.came < (assembly.total + 7) >> 3) return undefined
    forget(key, assembly)
    packet.parts = assembly.parts
    return { protocol: assembly.protocol, bytes: assembly.bytes.subarray(0, assembly.total) }
  }

  const finish = (): void => {
    for (const [key, assembly] of open) giveUp(key, assembly)
  }
  return { add, finish }
}

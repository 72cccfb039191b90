import type { Packet, Tally } from './packet.ts'

/** Bounds of RFC 791 §3.2 and RFC 8200 §4.5 (60 s, 65535 bytes), and our own on how much waits at a time. */
const mostOpen = 1024
const mostBytes = 16 * 1024 * 1024
const longestUs = 60e6
const longestDatagram = 65_535

/** Bytes of a datagram at their place. */
type Piece = { readonly offset: number; readonly bytes: Uint8Array }

/** Fragments of one datagram. */
type Assembly = {
  /** In their order, none over another. */
  readonly pieces: Piece[]
  /** Bytes in all pieces. */
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

const incomplete = 'fragment incomplete'

/** What a piece takes beside its bytes. */
const pieceBytes = 256

const sizeOf = ({ pieces, came, parts }: Assembly): number => came + pieceBytes * pieces.length + 8 * parts.length

const endOf = ({ offset, bytes }: Piece): number => offset + bytes.length

/** How many pieces end at `offset` or before it. */
const countBefore = (pieces: readonly Piece[], offset: number): number => {
  let [low, high] = [0, pieces.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const piece = pieces[middle]
    if (piece !== undefined && endOf(piece) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Takes over what of `data[at..end)` was not there yet; gives how many bytes that was. */
const fill = ({ pieces }: Assembly, offset: number, data: Uint8Array, at: number, end: number): number => {
  const stop = offset + end - at
  let fresh = 0
  let from = offset
  let place = countBefore(pieces, from)
  while (from < stop) {
    const next = pieces[place]
    const to = Math.min(stop, next?.offset ?? stop)
    if (to > from) {
      pieces.splice(place, 0, { offset: from, bytes: data.slice(at + from - offset, at + to - offset) })
      fresh += to - from
      place += 1
    }
    from = next === undefined ? stop : Math.max(to, endOf(next))
    place += 1
  }
  return fresh
}

const joined = ({ pieces, total }: Assembly): Uint8Array => {
  const whole = new Uint8Array(total)
  for (const { offset, bytes } of pieces) whole.set(bytes, offset)
  return whole
}

/** Puts fragments of IPv4 and IPv6 together; of overlapping ones, the first that came holds. */
export const createFragments = (packet: Packet, tally: Tally): Fragments => {
  /** Oldest first. */
  const open = new Map<string, Assembly>()
  let heldBytes = 0

  const forget = (key: string, assembly: Assembly): void => {
    open.delete(key)
    heldBytes -= sizeOf(assembly)
  }
  const giveUp = (key: string, assembly: Assembly, reason: string): void => {
    forget(key, assembly)
    tally.count(reason, assembly.parts.length)
  }
  const bound = (): void => {
    for (const [key, assembly] of open) {
      const isOld = packet.timeUs - assembly.sinceUs > longestUs
      if (!isOld && open.size < mostOpen && heldBytes <= mostBytes) return
      giveUp(key, assembly, isOld ? incomplete : 'too many open fragments')
    }
  }

  const begun = (): Assembly => ({
    pieces: [],
    came: 0,
    total: -1,
    highest: 0,
    protocol: -1,
    parts: [],
    sinceUs: packet.timeUs,
  })

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
    const fresh = fill(assembly, offset, data, at, end)
    // One that brings nothing but the end of the datagram belongs to it.
    const isRepeated = fresh === 0 && (!isLast || assembly.total >= 0)
    if (isRepeated) tally.skip('fragment repeated')
    else for (const part of packet.parts ?? [packet.number]) assembly.parts.push(part)
    assembly.came += fresh
    heldBytes += sizeOf(assembly)
    assembly.highest = Math.max(assembly.highest, stop)
    if (isLast) assembly.total = stop
    if (offset === 0 && assembly.protocol < 0) assembly.protocol = protocol
    if (assembly.came !== assembly.total) return undefined
    forget(key, assembly)
    packet.parts = assembly.parts
    return { protocol: assembly.protocol, bytes: joined(assembly) }
  }

  const finish = (): void => {
    for (const [key, assembly] of open) giveUp(key, assembly, incomplete)
  }
  return { add, finish }
}

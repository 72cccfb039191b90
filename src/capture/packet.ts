import type { Frame } from '../core/frame.ts'

/** The packet that is being opened: one object, filled anew for each packet of the file, so that none is made on the media path. */
export type Packet = {
  /** From 1, in the order of the file. */
  number: number
  /** Since 1970, in whole microseconds. */
  timeUs: number
  /** Of the first packet of the file. */
  startUs: number
  /** Index into the interfaces of the summary. */
  interface: number
  linkType: number
  /** It was longer on the wire than in the file. */
  isCut: boolean
  comments: readonly string[]
  /** Of the IP packet that is open, bytes that the file does not hold. */
  missing: number
  /** Layers inside of each other that were opened so far. */
  depth: number
  /** A hash of all that carries the innermost IP packet: by it two captures of one packet differ. */
  path: number
  /** Numbers of the packets whose fragments were put together; `undefined` for a packet alone. */
  parts: readonly number[] | undefined
  /** Where the addresses of the innermost IP packet stand: source, then destination, of `addressSize` bytes each. */
  addresses: Uint8Array
  addressAt: number
  addressSize: 4 | 16
}

export const createPacket = (): Packet => ({
  number: 0,
  timeUs: 0,
  startUs: 0,
  interface: 0,
  linkType: 0,
  isCut: false,
  missing: 0,
  comments: [],
  depth: 0,
  path: 0,
  parts: undefined,
  addresses: new Uint8Array(0),
  addressAt: 0,
  addressSize: 4,
})

/** Since the first packet of the file, as frames have it. */
export const sinceStartMs = (packet: Packet, timeUs: number): number => (timeUs - packet.startUs) / 1000

/** Takes a frame on its interface, with the comments that the file has on its last packet. */
export type Give = (frame: Frame, onInterface: number, comments: readonly string[]) => void

/** Packets inside of packets; more is not what networks do. */
export const deepest = 8

/** Opens what lies in `data[at..end)`. */
export type Open = (data: Uint8Array, at: number, end: number) => void

/** Counts packets that become no frame, by reason. */
export type Tally = {
  /** The packet at hand, with all whose fragments it completes. */
  readonly skip: (reason: string) => void
  /** The packet at hand, whose layer is longer than what the file holds of it. */
  readonly short: (reason: string) => void
  readonly count: (reason: string, packets: number) => void
  readonly skipped: () => Readonly<Record<string, number>>
}

/** A file can make up as many protocols as there are numbers. */
const mostReasons = 200

export const createTally = (packet: Packet): Tally => {
  const counts = new Map<string, number>()
  const count = (reason: string, packets: number): void => {
    const known = counts.get(reason)
    if (known !== undefined) counts.set(reason, known + packets)
    else if (counts.size < mostReasons) counts.set(reason, packets)
    else counts.set('other', (counts.get('other') ?? 0) + packets)
  }
  const skip = (reason: string): void => count(reason, packet.parts?.length ?? 1)
  return {
    skip,
    short: (reason) => skip(packet.isCut ? 'cut by snap length' : reason),
    count,
    skipped: () => Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
  }
}

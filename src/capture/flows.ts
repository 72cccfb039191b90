import type { Endpoint } from '../core/frame.ts'
import { addressText } from './ip.ts'
import { i32, mix } from '../core/octets.ts'
import type { Packet } from './packet.ts'

/** Bytes that wait for those before them. */
export type Segment = {
  readonly from: number
  readonly bytes: Uint8Array
  readonly number: number
  readonly parts: readonly number[] | undefined
  readonly timeUs: number
  readonly interface: number
}

/** One direction of a TCP connection. Sequence numbers are 32 bits that wrap. */
export type Half = {
  readonly flow: Flow
  readonly connection: number
  peer: Half | undefined
  /** Of its SYN; absent where the tap did not see that. */
  initial: number | undefined
  /** Of the byte that is due; absent until the first one. */
  next: number | undefined
  /** Bytes were lost right before the one that is due. */
  isBroken: boolean
  /** By sequence number. */
  waiting: Segment[]
  waitingBytes: number
  /** Where its FIN stands. */
  endsAt: number | undefined
  hasEnded: boolean
}

/** What goes from one endpoint to another. Its endpoints are made once, not for each packet. */
export type Flow = {
  /** Addresses and ports as they stand in the packet. */
  readonly words: Int32Array
  readonly source: Endpoint
  readonly destination: Endpoint
  /** Set for TCP. */
  half: Half | undefined
  generation: number
}

export type Flows = {
  /** The flow of the packet at hand; `ports` are source and destination in one word. */
  readonly find: (ports: number) => Flow
  /** The flow the other way, where it is known. */
  readonly reverse: (flow: Flow) => Flow | undefined
}

/** Flows of one generation; the two newest are remembered, so that a capture of many strangers stays bounded. */
const mostFlows = 32_768
/** How many places a flow may stand at, so that crafted addresses cannot make looking up slow. */
const mostProbes = 8

const flowOf = (words: Int32Array, packet: Packet, ports: number): Flow => {
  const { addresses, addressAt, addressSize } = packet
  const text = (at: number): string => addressText(addresses.subarray(at, at + addressSize))
  return {
    words,
    source: { address: text(addressAt), port: ports >>> 16 },
    destination: { address: text(addressAt + addressSize), port: ports & 0xffff },
    half: undefined,
    generation: 0,
  }
}

/** `onDrop` is told of each flow that is forgotten. */
export const createFlows = (packet: Packet, onDrop: (flow: Flow) => void): Flows => {
  let generation = 1
  let young = new Map<number, Flow>()
  let old = new Map<number, Flow>()
  /** What is looked for: two addresses and the ports. */
  const wanted = new Int32Array(9)
  let size = 0
  let hash = 0

  const isWanted = ({ words }: Flow): boolean => {
    if (words.length !== size) return false
    for (let word = 0; word < size; word += 1) if (words[word] !== wanted[word]) return false
    return true
  }
  const want = (words: number): void => {
    size = words
    hash = 0
    for (let word = 0; word < words; word += 1) hash = mix(hash, wanted[word] ?? 0)
  }
  const lookUp = (among: ReadonlyMap<number, Flow>): Flow | undefined => {
    for (let probe = 0; probe < mostProbes; probe += 1) {
      const flow = among.get((hash + probe) | 0)
      if (flow === undefined || isWanted(flow)) return flow
    }
    return undefined
  }

  const drop = (flow: Flow): void => {
    if (flow.generation > 0) onDrop(flow)
    flow.generation = 0
  }
  const age = (): void => {
    // What was seen again since stands in both.
    for (const flow of old.values()) if (flow.generation < generation) drop(flow)
    old = young
    young = new Map()
    generation += 1
  }
  const insert = (flow: Flow): void => {
    if (young.size >= mostFlows) age()
    flow.generation = generation
    for (let probe = 0; probe < mostProbes; probe += 1) {
      const key = (hash + probe) | 0
      const there = young.get(key)
      if (there !== undefined && probe < mostProbes - 1) continue
      if (there !== undefined) drop(there)
      young.set(key, flow)
      return
    }
  }

  const find: Flows['find'] = (ports) => {
    const { addresses, addressAt, addressSize } = packet
    const words = addressSize >> 1
    for (let word = 0; word < words; word += 1) wanted[word] = i32(addresses, addressAt + 4 * word)
    wanted[words] = ports | 0
    want(words + 1)
    const known = lookUp(young)
    if (known !== undefined) return known
    const flow = lookUp(old) ?? flowOf(wanted.slice(0, size), packet, ports)
    insert(flow)
    return flow
  }

  const reverse: Flows['reverse'] = ({ words }) => {
    const half = (words.length - 1) >> 1
    const ports = words.at(-1) ?? 0
    wanted.set(words.subarray(half, 2 * half))
    wanted.set(words.subarray(0, half), half)
    wanted[2 * half] = (ports << 16) | (ports >>> 16)
    want(words.length)
    return lookUp(young) ?? lookUp(old)
  }
  return { find, reverse }
}

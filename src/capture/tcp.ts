import type { StreamPlace } from '../core/frame.ts'
import type { Flow, Flows, Half, Segment } from './flows.ts'
import { u32 } from '../core/octets.ts'
import { type Give, type Open, type Packet, type Tally, sinceStartMs } from './packet.ts'

const flags = { fin: 1, syn: 2, reset: 4, acknowledgement: 16 } as const

/** Bounds on what waits for lost bytes: in one direction, and in all. */
const mostWaiting = 1024
const mostBytes = 1024 * 1024
const mostBytesOfAll = 32 * 1024 * 1024
/** What a segment takes beside its bytes. */
const segmentBytes = 256
/** What the receiver acknowledged did arrive: the tap lost it, if it does not come out of order this soon. */
const reorderUs = 5000
/** A sender would have sent lost bytes again by then. */
const longestUs = 10e6
/** Farther than any window in use: another connection on the same ports, whose SYN the tap missed. */
const farthest = 16 * 1024 * 1024

/** How far `a` is ahead of `b` (RFC 9293 §3.4). */
const ahead = (a: number, b: number): number => (a - b) | 0

export type Tcp = {
  readonly open: Open
  /** A flow that is forgotten gives what waits. */
  readonly drop: (flow: Flow) => void
  readonly finish: () => void
}

/**
 * Puts the bytes of each direction in order (RFC 9293 §3.10.7.4), as an observer does: nothing is demanded that the tap could
 * have missed. What is lost to the tap is a gap, counted, and said with the bytes behind it.
 */
export const createTcp = (packet: Packet, tally: Tally, flows: Flows, give: Give): Tcp => {
  let connections = 0
  let heldBytes = 0
  /** Directions in which bytes wait; the one that has waited longest first. */
  const holding = new Set<Half>()

  const begin = (flow: Flow, peer: Half | undefined): Half => {
    if (peer === undefined) connections += 1
    const half: Half = {
      flow,
      connection: peer?.connection ?? connections,
      peer,
      initial: undefined,
      next: undefined,
      isBroken: false,
      waiting: [],
      waitingBytes: 0,
      endsAt: undefined,
      hasEnded: false,
    }
    if (peer !== undefined) peer.peer = half
    flow.half = half
    return half
  }

  /** Whether the end of the direction is reached and was not told. */
  const isEnding = (half: Half): boolean => half.endsAt !== undefined && half.endsAt === half.next && !half.hasEnded

  const placeOf = (half: Half, ends: StreamPlace['ends']): StreamPlace => {
    const place = { connection: half.connection, gap: half.isBroken, ...(ends === undefined ? {} : { ends }) }
    half.isBroken = false
    if (ends !== undefined) half.hasEnded = true
    return place
  }

  const give1 = (half: Half, bytes: Uint8Array, ends: StreamPlace['ends']): void => {
    const { source, destination } = half.flow
    const { number, timeUs, parts } = packet
    const timeMs = sinceStartMs(packet, timeUs)
    const stream = placeOf(half, ends)
    const frame = { number, timeMs, tap: 'observed', layer: 'tcp', source, destination, bytes, stream } as const
    give(parts === undefined ? frame : { ...frame, parts }, packet.interface, packet.comments)
  }

  /** Segments that follow one another, as one frame: its number is that of the last packet. */
  const giveRun = (half: Half, run: readonly Segment[]): void => {
    const last = run.reduce((a, b) => (b.number > a.number ? b : a))
    const bytes = Buffer.concat(run.map((segment) => segment.bytes))
    const parts = [...new Set(run.flatMap((segment) => segment.parts ?? [segment.number]))].sort((a, b) => a - b)
    const { source, destination } = half.flow
    const frame = {
      number: last.number,
      timeMs: sinceStartMs(packet, last.timeUs),
      tap: 'observed',
      layer: 'tcp',
      source,
      destination,
      bytes,
      stream: placeOf(half, isEnding(half) ? 'fin' : undefined),
    } as const
    give(parts.length > 1 ? { ...frame, parts } : frame, last.interface, [])
  }

  /** Takes what waits and is due off the list, without what came before. */
  const due = (half: Half): readonly Segment[] => {
    const run: Segment[] = []
    for (let first = half.waiting[0]; first !== undefined; first = half.waiting[0]) {
      const known = ahead(half.next ?? first.from, first.from)
      if (known < 0) break
      half.waiting.shift()
      half.waitingBytes -= first.bytes.length
      heldBytes -= first.bytes.length + segmentBytes
      if (known >= first.bytes.length) tally.count('tcp retransmission', first.parts?.length ?? 1)
      else {
        run.push({ ...first, bytes: first.bytes.subarray(known) })
        half.next = (first.from + first.bytes.length) >>> 0
      }
    }
    if (half.waiting.length === 0) holding.delete(half)
    return run
  }

  /** Gives up the bytes before those that wait longest for theirs. */
  const passGap = (half: Half, first: Segment): void => {
    tally.count('tcp gap', 1)
    half.next = first.from
    half.isBroken = true
    giveRun(half, due(half))
  }

  const release = (half: Half): void => {
    for (let first = half.waiting[0]; first !== undefined; first = half.waiting[0]) passGap(half, first)
  }

  /** Gives up what was acknowledged without having been seen, and what never comes. */
  const settle = (half: Half, acknowledged: number | undefined): void => {
    for (let first = half.waiting[0]; first !== undefined; first = half.waiting[0]) {
      const waitsUs = packet.timeUs - first.timeUs
      const isLost = acknowledged !== undefined && ahead(acknowledged, first.from) > 0 && waitsUs > reorderUs
      if (!isLost && waitsUs <= longestUs) return
      passGap(half, first)
    }
  }

  const wait = (half: Half, from: number, bytes: Uint8Array): void => {
    let place = half.waiting.length
    while (place > 0 && ahead(half.waiting[place - 1]?.from ?? from, from) > 0) place -= 1
    const { number, parts, timeUs } = packet
    half.waiting.splice(place, 0, { from, bytes: bytes.slice(), number, parts, timeUs, interface: packet.interface })
    half.waitingBytes += bytes.length
    heldBytes += bytes.length + segmentBytes
    holding.add(half)
    for (const oldest of holding) {
      if (heldBytes <= mostBytesOfAll) break
      release(oldest)
    }
    if (half.waiting.length > mostWaiting || half.waitingBytes > mostBytes) release(half)
  }

  /** The bytes of a segment, and its FIN, which follows them. */
  const accept = (half: Half, from: number, bytes: Uint8Array, isFin: boolean): void => {
    const to = (from + bytes.length) >>> 0
    if (half.next === undefined) {
      if (bytes.length === 0 && !isFin) return void tally.skip('tcp without data')
      half.next = from
      half.isBroken = true
    } else if (Math.abs(ahead(from, half.next)) > farthest && bytes.length > 0) {
      release(half)
      tally.count('tcp gap', 1)
      half.next = from
      half.isBroken = true
    }
    if (isFin) half.endsAt = to
    const known = ahead(half.next, from)
    if (known < 0) {
      if (bytes.length === 0) return void tally.skip('tcp without data')
      return void wait(half, from, bytes)
    }
    if (known < bytes.length) half.next = to
    const ends = isEnding(half) ? 'fin' : undefined
    if (known >= bytes.length) {
      if (ends !== undefined) return void give1(half, new Uint8Array(0), ends)
      return void tally.skip(bytes.length > 0 ? 'tcp retransmission' : 'tcp without data')
    }
    const fresh = bytes.subarray(known)
    const first = half.waiting[0]
    if (first === undefined || ahead(first.from, to) > 0) return void give1(half, fresh, ends)
    const { number, parts, timeUs } = packet
    const segment = { from: to, bytes: fresh, number, parts, timeUs, interface: packet.interface }
    giveRun(half, [segment, ...due(half)])
  }

  const reset = (half: Half): void => {
    release(half)
    if (half.hasEnded) tally.skip('tcp without data')
    else give1(half, new Uint8Array(0), 'reset')
  }

  /** The half that a SYN begins or begins again. */
  const synchronize = (flow: Flow, from: number, isAnswer: boolean): Half => {
    const old = flow.half
    if (old?.initial === from) return old
    if (old !== undefined) release(old)
    const known = flows.reverse(flow)?.half
    // A SYN alone opens a connection, unless both ends do so at once; its answer joins the one that it opened.
    const isJoining = known !== undefined && known.peer === undefined && (isAnswer || known.initial !== undefined)
    if (known !== undefined && !isJoining) {
      release(known)
      known.flow.half = undefined
    }
    const half = begin(flow, isJoining ? known : undefined)
    half.initial = from
    half.next = (from + 1) >>> 0
    return half
  }

  const halfOf = (flow: Flow): Half => {
    if (flow.half !== undefined) return flow.half
    const peer = flows.reverse(flow)?.half
    return begin(flow, peer?.peer === undefined ? peer : undefined)
  }

  const open: Open = (data, at, end) => {
    const headerLength = ((data[at + 12] ?? 0) >> 4) * 4
    if (at + 20 > end || headerLength < 20 || at + headerLength > end) return void tally.short('tcp malformed')
    const flow = flows.find(u32(data, at))
    const from = u32(data, at + 4)
    const bits = data[at + 13] ?? 0
    const has = (flag: number): boolean => (bits & flag) !== 0
    const acknowledged = has(flags.acknowledgement) ? u32(data, at + 8) : undefined
    const half = has(flags.syn) ? synchronize(flow, from, acknowledged !== undefined) : halfOf(flow)
    if (half.peer !== undefined) settle(half.peer, acknowledged)
    if (has(flags.reset)) return void reset(half)
    const first = has(flags.syn) ? (from + 1) >>> 0 : from
    accept(half, first, data.subarray(at + headerLength, end), has(flags.fin))
    settle(half, undefined)
  }

  return {
    open,
    drop: ({ half }) => {
      if (half !== undefined) release(half)
    },
    finish: () => {
      for (const half of holding) release(half)
    },
  }
}

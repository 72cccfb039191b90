import { type Result, fault, ok } from '../core/result.ts'
import { blockTypes } from './blocks.ts'
import type { CaptureLink, CaptureSecrets, Format, Sink } from './format.ts'
import { u32 } from '../core/octets.ts'
import { createOpening } from './opening.ts'
import { type Give, type Packet, createPacket, createTally } from './packet.ts'
import { createPcap, isPcap } from './pcap.ts'
import { createPcapng } from './pcapng.ts'

/** What a capture file held beside its frames. */
export type CaptureSummary = {
  readonly format: 'pcap' | 'pcapng'
  readonly packets: number
  /** Of the first packet, since 1970. */
  readonly startUs: number
  readonly interfaces: readonly CaptureLink[]
  /** Packets that became no frame, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Where and why what follows was not read. */
  readonly cut: string | undefined
  readonly secrets: readonly CaptureSecrets[]
}

/** Each packet of the file as it stands there, before it is opened: `data[at..end)`, which is not kept. */
export type TakeRaw = (packet: Packet, data: Uint8Array, at: number, end: number, originalLength: number) => void

/** Frames reuse their bytes, and those of UDP the frame itself: who is given one copies what is to stay. */
export type CaptureReaderOptions = { readonly give: Give; readonly raw?: TakeRaw }

export type CaptureReader = {
  /** The next bytes of the file, cut anywhere; they may be used again after the call. */
  readonly push: (chunk: Uint8Array) => Result<void>
  /** What follows will not be read: nobody need bring it. */
  readonly isCut: () => boolean
  readonly finish: () => Result<CaptureSummary>
}

/** Secrets that are kept, in bytes. */
const mostSecrets = 1024 * 1024
const magicBytes = 4
const nothing = new Uint8Array(0)

const isPcapng = (data: Uint8Array): boolean => u32(data, 0) === blockTypes.sectionHeader

/** Of a `Buffer`, `slice` is no copy: what a frame's reader keeps would keep the whole chunk, or change with it. */
const plain = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Reads pcap and pcapng of any program, in memory that does not grow with the file. */
export const createCaptureReader = ({ give, raw }: CaptureReaderOptions): CaptureReader => {
  const packet = createPacket()
  const tally = createTally(packet)
  const opening = createOpening(packet, tally, give)
  const interfaces: CaptureLink[] = []
  const secrets: CaptureSecrets[] = []
  let secretBytes = 0
  let startUs: number | undefined
  let format: { readonly name: CaptureSummary['format']; readonly units: Format } | undefined
  /** What came of a unit whose rest is in the next chunk: the beginning of `store`, which is used again and again. */
  let kept: Uint8Array = nothing
  let store: Uint8Array = nothing
  /** Bytes of the next chunk that nobody reads, and where in the file their unit begins. */
  let passing = 0
  let passingFrom = 0
  /** Where in the file the next chunk begins. */
  let position = 0
  let cut: string | undefined

  const sink: Sink = {
    link: (link) => interfaces.push(link),
    packet: (onInterface, timeUs, data, at, end, originalLength, comments) => {
      packet.number += 1
      startUs ??= timeUs
      packet.startUs = startUs
      packet.timeUs = timeUs
      packet.interface = onInterface
      packet.linkType = interfaces[onInterface]?.linkType ?? -1
      packet.isCut = originalLength > end - at
      packet.comments = comments
      raw?.(packet, data, at, end, originalLength)
      opening.open(data, at, end)
    },
    secrets: (found) => {
      secretBytes += found.data.length
      if (secretBytes <= mostSecrets) secrets.push(found)
      else tally.count('secrets beyond 1 MB', 1)
    },
    passed: (what) => tally.count(what, 1),
    numbered: (what) => {
      packet.number += 1
      tally.count(what, 1)
    },
  }

  const isCut = (): boolean => cut !== undefined

  const begin = (data: Uint8Array): Result<void> => {
    if (isPcapng(data)) format = { name: 'pcapng', units: createPcapng(sink) }
    else if (isPcap(data, 0)) format = { name: 'pcap', units: createPcap(sink) }
    else {
      const head = [...data.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')
      return fault('capture.format', 'none', `no pcap and no pcapng file: it begins with ${head || 'nothing'}`)
    }
    return ok(undefined)
  }

  /** Reads the units that `data[at..]` holds as a whole, and gives where the next one begins; `data` begins at byte `base`. */
  const readUnits = ({ size, take, skips }: Format, data: Uint8Array, from: number, base: number): number => {
    let at = from
    while (at < data.length) {
      const needed = size(data, at, data.length)
      if (typeof needed === 'number' && at + needed > data.length) break
      const failed = typeof needed === 'number' ? take(data, at, needed) : needed
      if (failed !== undefined || typeof needed !== 'number') {
        cut = `${failed?.fault.saw ?? ''} at byte ${base + (failed?.fault.at ?? at)}: what follows was not read`
        return data.length
      }
      const passed = Math.min(skips(), data.length - at - needed)
      passing = skips() - passed
      passingFrom = base + at
      at += needed + passed
    }
    return at
  }

  /** Keeps as much of `chunk[at..)` as there is of the unit, which has `needed` bytes; gives how much that was. */
  const keep = (chunk: Uint8Array, at: number, needed: number): number => {
    const part = chunk.subarray(at, at + needed - kept.length)
    if (needed > store.length) {
      store = new Uint8Array(needed)
      store.set(kept)
    }
    store.set(part, kept.length)
    kept = store.subarray(0, kept.length + part.length)
    return part.length
  }

  /** Completes what was kept; gives how much of the chunk that took. */
  const complete = (units: Format, chunk: Uint8Array, from: number): number => {
    let at = from
    while (kept.length > 0 && at < chunk.length) {
      const needed = units.size(kept, 0, kept.length)
      // What is wrong with its length is told when it is read.
      at += keep(chunk, at, typeof needed === 'number' ? needed : kept.length + 1)
      kept = kept.subarray(readUnits(units, kept, 0, position + at - kept.length))
    }
    return at
  }

  const pass = (chunk: Uint8Array, from: number): number => {
    const passed = Math.min(passing, chunk.length - from)
    passing -= passed
    return from + passed
  }

  const push: CaptureReader['push'] = (chunk) => {
    if (isCut()) return ok(undefined)
    const data = plain(chunk)
    let at = 0
    if (format === undefined) {
      at = keep(data, 0, magicBytes)
      const begun = kept.length < magicBytes ? ok(undefined) : begin(kept)
      if (!begun.ok) return begun
    }
    if (format !== undefined) {
      at = complete(format.units, data, pass(data, at))
      if (!isCut()) at = readUnits(format.units, data, pass(data, at), position)
      if (!isCut() && kept.length === 0) keep(data, at, data.length - at)
    }
    position += data.length
    return ok(undefined)
  }

  const finish: CaptureReader['finish'] = () => {
    if (format === undefined) return fault('capture.format', 'none', 'it is empty, or too short for a capture')
    if (cut === undefined && kept.length + passing > 0)
      cut = `it ends within what begins at byte ${passing > 0 ? passingFrom : position - kept.length}`
    if (cut !== undefined && packet.number === 0) return fault('capture.unreadable', 'none', cut)
    opening.finish()
    const { name } = format
    return ok({
      format: name,
      packets: packet.number,
      startUs: startUs ?? 0,
      interfaces,
      skipped: tally.skipped(),
      cut,
      secrets,
    })
  }
  return { push, isCut, finish }
}

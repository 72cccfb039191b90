import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPacket } from '../../src/capture/ip.ts'
import type { Frame } from '../../src/core/frame.ts'

export const causeFolder = join(import.meta.dirname, '../../fixtures/causes')

/** The fragments of one datagram, put together again. */
const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const [first = new Uint8Array()] = parts
  const whole = new Uint8Array(Buffer.concat([first, ...parts.slice(1).map((part) => part.subarray(20))]))
  const view = new DataView(whole.buffer)
  view.setUint16(2, whole.length)
  view.setUint16(6, 0)
  return whole
}

/** The frames of a pcap file as `writePcap` writes them. */
export const framesIn = (file: Uint8Array): readonly Frame[] => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const frames: Frame[] = []
  let parts: Uint8Array[] = []
  let startUs: number | undefined
  for (let at = 24, number = 1; at < file.length; number++) {
    const us = view.getUint32(at, true) * 1_000_000 + view.getUint32(at + 4, true)
    const length = view.getUint32(at + 8, true)
    const bytes = file.subarray(at + 16, at + 16 + length)
    at += 16 + length
    startUs ??= us
    parts.push(bytes)
    const hasMore = ((bytes[6] ?? 0) & 0x20) !== 0
    if (hasMore) continue
    const packet = readPacket(parts.length === 1 ? bytes : joined(parts))
    parts = []
    if (!packet.ok) throw new Error(`frame ${number}: ${packet.fault.rule}`)
    frames.push({ number, timeMs: (us - startUs) / 1000, tap: 'observed', ...packet.value })
  }
  return frames
}

export const causeFile = (name: string): string => join(causeFolder, `${name}.pcap`)
export const framesOfFile = (name: string): readonly Frame[] => framesIn(readFileSync(causeFile(name)))

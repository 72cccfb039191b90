import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Frame } from '../../src/core/frame.ts'
import { readChunked } from './read-capture.ts'

export const causeFolder = join(import.meta.dirname, '../../fixtures/causes')

/** The frames of a capture, by the reader that `inspect` has. */
export const framesIn = (file: Uint8Array): readonly Frame[] => {
  const { frames, summary } = readChunked(file)
  if (!summary.ok) throw new Error(summary.fault.saw)
  return frames
}

export const causeFile = (name: string): string => join(causeFolder, `${name}.pcap`)
export const framesOfFile = (name: string): readonly Frame[] => framesIn(readFileSync(causeFile(name)))

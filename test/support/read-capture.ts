import { type CaptureSummary, createCaptureReader } from '../../src/capture/reader.ts'
import type { Frame } from '../../src/core/frame.ts'
import type { Result } from '../../src/core/result.ts'

export type ReadCapture = {
  readonly frames: readonly Frame[]
  readonly comments: readonly (readonly string[])[]
  readonly summary: Result<CaptureSummary>
}

/** Reads a file in chunks of that size, each of which is spoilt once it was read. */
export const readChunked = (file: Uint8Array, chunkBytes = file.length): ReadCapture => {
  const frames: Frame[] = []
  const comments: (readonly string[])[] = []
  const reader = createCaptureReader({
    give: (frame, _, told) => {
      frames.push({ ...frame, bytes: Uint8Array.from(frame.bytes) })
      comments.push(told)
    },
  })
  for (let at = 0; at < file.length; at += Math.max(1, chunkBytes)) {
    const chunk = Uint8Array.from(file.subarray(at, at + Math.max(1, chunkBytes)))
    const pushed = reader.push(chunk)
    chunk.fill(0xee)
    if (!pushed.ok) return { frames, comments, summary: pushed }
  }
  return { frames, comments, summary: reader.finish() }
}

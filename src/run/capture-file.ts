import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Result, fault, ok } from '../core/result.ts'
import { type CaptureReaderOptions, type CaptureSummary, createCaptureReader } from '../capture/reader.ts'
import { type Chunks, readChunks } from './store.ts'

/** The bytes of a capture; a chunk is valid until the next is asked for. */
export type CaptureSource = {
  readonly chunks: Chunks
  /** Why it ended before its end, once it has. */
  readonly failure: () => string | undefined
}

/** Puts the first chunks together until `isEnough` or the end, then gives them as one and the others as they are. */
export const withHead = async (
  chunks: Chunks,
  isEnough: (head: Uint8Array) => boolean,
): Promise<{ readonly head: Uint8Array; readonly all: Chunks }> => {
  const rest = chunks[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (!isEnough(head)) {
    const next = await rest.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  const all = async function* (): Chunks {
    if (head.length > 0) yield head
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  }
  return { head, all: all() }
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

const unzipped = async function* (chunks: Chunks): Chunks {
  const copied = async function* (): Chunks {
    for await (const chunk of chunks) yield chunk.slice() // a stream may hold several
  }
  // An error of it ends the iteration, too.
  yield* pipeline(copied(), createGunzip({ chunkSize: 1 << 18 }), () => undefined)
}

/** A file, or standard input as `-`; of a gzip file what is inside. */
export const openCapture = async (path: string): Promise<Result<CaptureSource>> => {
  const opened = readChunks(path)
  if (!opened.ok) return opened
  let failed: string | undefined
  const guarded = async function* (chunks: Chunks, what = ''): Chunks {
    try {
      yield* chunks
    } catch (error) {
      failed = `${what}${error instanceof Error ? error.message : String(error)}`
    }
  }
  const { head, all } = await withHead(guarded(opened.value), ({ length }) => length >= 2)
  const chunks = isGzip(head) ? guarded(unzipped(all), 'gzip: ') : all
  return ok({ chunks, failure: () => failed })
}

/** Reads a capture to its end, or as far as it goes: `cut` says where it does not go on. */
export const readCaptureFrom = async (
  { chunks, failure }: CaptureSource,
  options: CaptureReaderOptions,
): Promise<Result<CaptureSummary>> => {
  const reader = createCaptureReader(options)
  for await (const chunk of chunks) {
    const pushed = reader.push(chunk)
    if (!pushed.ok) return pushed
    if (reader.isCut()) break
  }
  const summary = reader.finish()
  const failed = failure()
  if (failed === undefined) return summary
  return summary.ok ? ok({ ...summary.value, cut: failed }) : fault('file.unreadable', 'none', failed)
}

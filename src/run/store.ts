import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Failed, type Result, fault, ok } from '../core/result.ts'

/** The only place that reads and writes files. */

const maxBytes = 2 ** 31 - 1

const why = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file or folder'
  if (code === 'EEXIST') return 'a file of that name is in the way'
  if (code === 'EROFS') return 'the file system is read-only'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'a part of the path is not a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return error instanceof Error ? error.message : 'it cannot be read'
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const unreadable = (reason: string): Failed => fault('file.unreadable', 'none', reason)

/** A whole file; `fault.saw` is the reason where it cannot be read: the caller names the file as it was typed. */
export const readBytes = (path: string): Result<Uint8Array> => {
  try {
    const { size } = statSync(path)
    return size > maxBytes ? unreadable(`it has ${size} bytes, more than ${maxBytes}`) : ok(readFileSync(path))
  } catch (error) {
    return isMissing(error) ? fault('file.missing', 'none', why(error)) : unreadable(why(error))
  }
}

/** A whole file as UTF-8. */
export const readText = (path: string): Result<string> => {
  const bytes = readBytes(path)
  return bytes.ok ? ok(new TextDecoder().decode(bytes.value)) : bytes
}

/** Bytes as they come; a chunk is valid until the next is asked for. */
export type Chunks = AsyncGenerator<Uint8Array, void>

const chunkBytes = 1 << 20

/** A file of any size in chunks, or standard input as `-`. What fails while it is read is thrown. */
export const readChunks = (path: string): Result<Chunks> => {
  if (path === '-') {
    const chunks = async function* (): Chunks {
      for await (const chunk of process.stdin) if (chunk instanceof Uint8Array) yield chunk
    }
    return ok(chunks())
  }
  try {
    if (statSync(path).isDirectory()) return unreadable('it is a folder')
    const handle = openSync(path, 'r')
    const chunks = async function* (): Chunks {
      const buffer = new Uint8Array(chunkBytes)
      try {
        for (let size = readSync(handle, buffer); size > 0; size = readSync(handle, buffer))
          yield await Promise.resolve(buffer.subarray(0, size)) // other work gets its turn between chunks
      } finally {
        closeSync(handle)
      }
    }
    return ok(chunks())
  } catch (error) {
    return unreadable(why(error))
  }
}

/** Paths below a folder, relative to it, sorted, of the files that end so; none where there is no such folder. */
export const listFiles = (folder: string, suffix: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(suffix))
      .map((path) => path.replaceAll('\\', '/'))
      .sort()
  } catch {
    return []
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Folder by folder: Node's own `recursive` spins for ever on a path that never comes to be, as one below /proc. */
export const makeFolder = (path: string): void => {
  if (isFolder(path)) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isFolder(path)) throw error // another run may have made it meanwhile
  }
}

/** Makes a folder in which files can be written; `fault.saw` is the reason where that cannot be. */
export const makeOutputFolder = (path: string): Result<string> => {
  try {
    makeFolder(path)
    accessSync(path, constants.W_OK)
    return ok(path)
  } catch (error) {
    return fault('folder.unwritable', 'none', isMissing(error) ? 'no folder can be made there' : why(error))
  }
}

/** Writes beside the file and renames, so that a reader never sees a half. */
export const writeFileWhole = (path: string, content: string | Uint8Array): void => {
  makeFolder(dirname(path))
  const beside = join(dirname(path), `.${process.pid}-${path.length}.part`)
  writeFileSync(beside, content)
  renameSync(beside, path)
}

/** A file that grows: what `append` has returned from survives the process. */
export type AppendFile = { readonly append: (content: string | Uint8Array) => void; readonly close: () => void }

/** A file that is written here and there; what was never written reads as zeros. */
export type RandomFile = {
  readonly read: (at: number, length: number) => Uint8Array
  readonly write: (at: number, bytes: Uint8Array) => void
  readonly close: () => void
}

/** Begins the file anew. */
export const openRandom = (path: string): RandomFile => {
  makeFolder(dirname(path))
  const handle = openSync(path, 'w+')
  return {
    read: (at, length) => {
      const bytes = new Uint8Array(length)
      readSync(handle, bytes, 0, length, at)
      return bytes
    },
    write: (at, bytes) => {
      for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done, bytes.length - done, at + done)
    },
    close: () => closeSync(handle),
  }
}

/** Begins the file anew. */
export const openAppend = (path: string): AppendFile => {
  makeFolder(dirname(path))
  const handle = openSync(path, 'w')
  let open = true
  return {
    append: (content) => {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      for (let at = 0; open && at < bytes.length;) at += writeSync(handle, bytes, at)
    },
    close: () => {
      if (open) closeSync(handle)
      open = false
    },
  }
}

/** When a file was last written, in milliseconds of 1970; `undefined` where there is none. */
export const writtenAtMs = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs

/** Whether it is a file that we may run. */
export const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

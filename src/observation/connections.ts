import type { Frame, StreamPlace } from '../core/frame.ts'
import { type StreamEvent, type StreamFramer, createStreamFramer } from '../sip/stream.ts'

/** What the fold makes of the bytes of TCP connections. */
export type Connections = {
  readonly take: (frame: Frame, place: StreamPlace) => void
  /** The capture ends here, whatever waits for more. */
  readonly finish: () => void
}

export type Skipped = Extract<StreamEvent, { readonly type: 'skipped' }>['reason']

/**
 * `message` is given a frame that holds one message and names all that carried it, `stray` the frame of bytes that are none
 * right behind one that was: its Content-Length does not end where it ends (RFC 3261 §18.3).
 */
export type ConnectionsOptions = {
  readonly message: (frame: Frame) => void
  readonly skipped: (reason: Skipped) => void
  readonly stray: (frame: Frame, bytes: number) => void
  /** Its sender ended the connection within a message: the last frame of it. */
  readonly unfinished: (frame: Frame, bytes: number) => void
}

type Direction = {
  readonly framer: StreamFramer
  /** Frames that are themselves put together of several, for as long as bytes of them wait. */
  readonly parts: Map<number, readonly number[]>
  /** A message came, and no byte is missing since. */
  inStep: boolean
  /** Without its bytes. */
  last: Frame | undefined
}

/** Directions in which something was said, the longest silent first: more are not remembered. */
const maxDirections = 16_384
/** Bytes of messages that are not yet whole, in all directions together. */
const maxWaiting = 16 * 1024 * 1024

const nothing = new Uint8Array()

const keyOf = (connection: number, { address, port }: Frame['source']): string => `${connection} ${port} ${address}`

/** Cuts what TCP connections carry into messages, each direction by itself (RFC 3261 §18.3). */
export const createConnections = ({ message, skipped, stray, unfinished }: ConnectionsOptions): Connections => {
  const directions = new Map<string, Direction>()
  let waiting = 0

  const give = (direction: Direction, events: readonly StreamEvent[], frame: Frame): void => {
    const { parts } = direction
    for (const event of events) {
      if (event.type === 'skipped') {
        skipped(event.reason)
        if (direction.inStep && event.reason === 'not sip') stray(frame, event.bytes)
        direction.inStep = false
      }
      if (event.type !== 'message') continue
      direction.inStep = true
      const all = [...new Set(event.frames.flatMap((number) => parts.get(number) ?? [number]))].sort((a, b) => a - b)
      const { parts: _, ...alone } = frame
      message({ ...alone, bytes: event.wire, ...(all.length > 1 ? { parts: all } : {}) })
    }
  }

  /** What waits is no message any more. A message is only ever given by the frame that ends it. */
  const cut = (direction: Direction, isEnded = false): void => {
    for (const event of direction.framer.cut()) {
      if (event.type !== 'skipped') continue
      skipped(event.reason)
      if (isEnded && event.reason === 'cut' && direction.last !== undefined) unfinished(direction.last, event.bytes)
    }
    direction.parts.clear()
    direction.inStep = false
  }

  const close = (key: string, isEnded = false): void => {
    const direction = directions.get(key)
    if (direction === undefined) return
    waiting -= direction.framer.waiting()
    directions.delete(key)
    cut(direction, isEnded)
  }

  /** The direction, as the one that spoke last. */
  const find = (key: string): Direction => {
    const known = directions.get(key)
    const direction = known ?? { framer: createStreamFramer(), parts: new Map(), inStep: false, last: undefined }
    directions.delete(key)
    directions.set(key, direction)
    return direction
  }

  const closeOldest = (): void => {
    for (const [key, { framer }] of directions) {
      const isTooMany = directions.size > maxDirections
      if (!isTooMany && waiting <= maxWaiting) return
      if (isTooMany || framer.waiting() > 0) close(key)
    }
  }

  const take: Connections['take'] = (frame, { connection, gap, ends }) => {
    const key = keyOf(connection, frame.source)
    if (frame.bytes.length > 0) {
      const direction = find(key)
      const { framer, parts } = direction
      const before = framer.waiting()
      if (gap) cut(direction)
      if (frame.parts !== undefined) parts.set(frame.number, frame.parts)
      give(direction, framer.push(frame.bytes, frame.number), frame)
      if (framer.waiting() === 0) parts.clear()
      direction.last = framer.waiting() === 0 ? undefined : { ...frame, bytes: nothing }
      waiting += framer.waiting() - before
      closeOldest()
    }
    if (ends !== undefined) close(key, true)
    if (ends === 'reset') close(keyOf(connection, frame.destination))
  }

  return {
    take,
    finish: () => {
      for (const key of [...directions.keys()]) close(key)
    },
  }
}

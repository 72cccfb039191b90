import { sameEndpoint } from '../core/frame.ts'
import type { Envelope, Kept } from './seen.ts'

/** Finds the message that another repeats byte for byte between the same endpoints (RFC 3261 §17: a retransmission). */
export type Copies = {
  /** The first of its kind; where there is none, the message is remembered as the first. */
  readonly firstOf: (kept: Kept, startLine: string, envelope: Envelope) => Kept | undefined
}

const isCopy = (a: Kept, b: Kept): boolean =>
  sameEndpoint(a.source, b.source) && sameEndpoint(a.destination, b.destination) && Buffer.compare(a.wire, b.wire) === 0

/** Messages that differ though they look alike: compared one by one, so there may only be so many. */
const maxAlike = 64

export const createCopies = (): Copies => {
  const known = new Map<string, Kept[]>()
  const firstOf: Copies['firstOf'] = (kept, startLine, { callId, seq }) => {
    // A key that is cheap to build leaves few to compare by their bytes.
    const key = [kept.origin.key, seq, callId, startLine].join(' ')
    const alike = known.get(key)
    if (alike === undefined) known.set(key, [kept])
    const first = alike?.find((other) => isCopy(other, kept))
    if (first === undefined && alike !== undefined && alike.length < maxAlike) alike.push(kept)
    return first
  }
  return { firstOf }
}

import { connectionOf, directionOf } from './description.ts'
import type { Direction, MediaDescription, SessionDescription } from './description.ts'

/** Which way media flows, seen from the one who wrote the description. */
export type Flow = { readonly sends: boolean; readonly receives: boolean }

export const flowOf = (direction: Direction): Flow => ({
  sends: direction === 'sendrecv' || direction === 'sendonly',
  receives: direction === 'sendrecv' || direction === 'recvonly',
})

export const directionFrom = ({ sends, receives }: Flow): Direction => {
  if (sends) return receives ? 'sendrecv' : 'sendonly'
  return receives ? 'recvonly' : 'inactive'
}

/** RFC 3264 §8.4: nothing is to be sent to 0.0.0.0, which is how RFC 2543 put a call on hold; `::` is its like. */
const isHoldAddress = (address: string | undefined): boolean => address === '0.0.0.0' || address === '::'

/** The flow that a media description really asks for: its direction, and no media to the hold address. */
export const effectiveFlow = (sdp: SessionDescription, media: MediaDescription): Flow => {
  const { sends, receives } = flowOf(directionOf(sdp, media))
  return { sends, receives: receives && !isHoldAddress(connectionOf(sdp, media)?.address) }
}

/** What one side may do, given what it wants and what the other side's description allows (RFC 3264 §6.1). */
export const meet = (own: Flow, other: Flow): Flow => ({
  sends: own.sends && other.receives,
  receives: own.receives && other.sends,
})

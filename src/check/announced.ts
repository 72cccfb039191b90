import { normalizeAddress } from '../core/address.ts'
import type { Side } from '../core/finding.ts'
import type { Endpoint } from '../core/frame.ts'
import { connectionOf } from '../sdp/description.ts'
import { audioOf } from '../observation/descriptions.ts'
import type { Seen, Trace, Transaction } from '../observation/trace.ts'
import { answerOf, negotiationsOf } from './codecs.ts'

/** Where a side wants to hear the audio of a negotiation. */
export type Announced = { readonly transaction: Transaction; readonly seen: Seen; readonly endpoint: Endpoint }

/** One for each transaction in which that side describes audio; streams that are refused or held are left out. */
export const announcedBy = (trace: Trace, side: Side): readonly Announced[] =>
  negotiationsOf(trace).flatMap((negotiation) =>
    [negotiation.offer, answerOf(negotiation)].flatMap((seen) => {
      const sdp = seen?.sender === side ? seen.description() : undefined
      const audio = sdp && audioOf(sdp)
      const connection = sdp && audio && connectionOf(sdp, audio)
      if (seen === undefined || audio === undefined || audio.port === 0 || connection === undefined) return []
      // RFC 3264 §8.4: the old way of hold.
      if (connection.address === '0.0.0.0') return []
      const endpoint = { address: normalizeAddress(connection.address), port: audio.port }
      return [{ transaction: negotiation.transaction, seen, endpoint }]
    }),
  )

/** An address and port of the trunk's audio, and where it was seen. */
export type Used = {
  readonly subject: string
  readonly call: string | undefined
  readonly frames: readonly number[]
  readonly endpoint: Endpoint
  readonly how: string
}

/** Where the trunk wants to hear audio, and where it sends it from. */
export const usedByTrunk = (trace: Trace): readonly Used[] => [
  ...announcedBy(trace, 'trunk').map(({ transaction, seen, endpoint }) => ({
    subject: transaction.name,
    call: transaction.call?.name,
    frames: [seen.frame],
    endpoint,
    how: 'in its description',
  })),
  ...trace.streams
    .filter(({ sender, call }) => sender === 'trunk' && call !== undefined)
    .map(({ name, call, firstFrame, source }) => ({
      subject: name,
      call: call?.name,
      frames: [firstFrame],
      endpoint: source,
      how: 'as the source of its packets',
    })),
]

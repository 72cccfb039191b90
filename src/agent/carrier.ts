import type { Destination, Endpoint, Transport } from '../core/frame.ts'
import type { Fault } from '../core/result.ts'
import type { Recorder } from './user-agent.ts'

/** What brings messages and takes them: datagrams, or streams with messages in them. */
export type Carrier = {
  readonly transport: Transport
  readonly local: Endpoint
  readonly send: (bytes: Uint8Array, destination: Destination, cause: string) => void
  /** What goes to `to` may go over the connection with the far end `over`, which the other side asked for (RFC 5923 §5). */
  readonly alias: (to: Endpoint, over: Endpoint) => void
  readonly close: () => Promise<void>
}

export type CarrierListener = {
  readonly record: Recorder | undefined
  /** The bytes of one message; `frame` is the one that ended it, where there is a recorder. */
  readonly onMessage: (
    bytes: Uint8Array,
    frame: ReturnType<Recorder> | undefined,
    source: Endpoint,
    local: Endpoint,
  ) => void
  readonly onMalformed: (fault: Fault, frame: number, source: Endpoint) => void
  /** Nothing could leave; where it was to go. */
  readonly onUnreachable: (destination: Endpoint, reason: string) => void
}

import type { Message } from '../sip/message.ts'

/** RFC 3261 table 4, in milliseconds: 500, 4000 and 5000 by default. */
export type Timers = { readonly t1Ms: number; readonly t2Ms: number; readonly t4Ms: number }

/** As RFC 3261 §17 and RFC 6026 name them; `100`: the 200 ms after which an INVITE server says 100 Trying by itself. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'K' | 'M' | '100' | 'G' | 'H' | 'I' | 'J' | 'L'

export type Effect =
  /** `copy`: these bytes have been sent before. */
  | { readonly type: 'send'; readonly what: Sent; readonly bytes: Uint8Array; readonly copy: boolean }
  /** To the transaction user. */
  | { readonly type: 'deliver'; readonly message: Message }
  | { readonly type: 'arm'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly type: 'disarm'; readonly timer: TimerName }
  /** Timer B or F: no final response. */
  | { readonly type: 'timeout' }
  /** Timer H: no ACK. */
  | { readonly type: 'ack-missing' }
  | { readonly type: 'unreachable' }
  | { readonly type: 'terminated' }

/** `trying` is the 100 that a server transaction makes by itself, `ack` the ACK that a client transaction makes. */
export type Sent = 'request' | 'ack' | 'response' | 'trying'

export type Step<State> = readonly [State, readonly Effect[]]

export const send = (what: Sent, bytes: Uint8Array): Effect => ({ type: 'send', what, bytes, copy: false })
export const sendAgain = (what: Sent, bytes: Uint8Array): Effect => ({ type: 'send', what, bytes, copy: true })
export const deliver = (message: Message): Effect => ({ type: 'deliver', message })
export const arm = (timer: TimerName, afterMs: number): Effect => ({ type: 'arm', timer, afterMs })
export const disarm = (...timers: readonly TimerName[]): readonly Effect[] =>
  timers.map((timer) => ({ type: 'disarm', timer }))
export const terminated: Effect = { type: 'terminated' }

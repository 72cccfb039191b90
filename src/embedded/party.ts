import type { Side } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { World } from '../core/world.ts'
import type { Credentials } from '../sip/digest.ts'
import type { UserAgentOptions } from '../agent/user-agent.ts'
import type { Ticker } from '../net/ticker.ts'
import type { Contract } from '../profile/contract.ts'
import type { Seams } from './seam.ts'

/** An account of a phone at the PBX. */
export type Extension = { readonly user: string; readonly credentials: Credentials }

export type EmbeddedOptions = {
  readonly contract: Contract
  readonly world: World
  readonly ticker: Ticker
  readonly timers: UserAgentOptions['timers']
  /** What the trunk knows of its customer, and the PBX of its account. */
  readonly credentials: Credentials
  /** Of the one phone that the PBX has, if it has any. */
  readonly extension?: Extension | undefined
  /** Loopback address on which it listens, at a free port. */
  readonly bind: string
  readonly transport: Transport
  /** Where the other side listens; asked for only when a request is sent. */
  readonly peer: () => Endpoint
  readonly seams: Seams
}

export type EmbeddedStimulus = 'dial' | 'hang-up' | 'hang-up-one' | 'hold' | 'resume' | 'answer' | 'options' | 'press'

export type StimulusArguments = {
  /** Caller and called number in E.164 with `+`; other texts go out as they are. */
  readonly from?: string
  readonly to?: string
  readonly codecs?: readonly string[]
  readonly digits?: string
  /** Of the call that is meant, where it is one of several. */
  readonly callId?: string
}

/** An autonomous party on loopback: it knows the contract, never the ladder. */
export type EmbeddedParty = {
  readonly side: Side
  readonly local: Endpoint
  /** Where phones register, with the host of their addresses. */
  readonly phones?: { readonly endpoint: Endpoint; readonly transport: Transport; readonly domain: string } | undefined
  readonly stimulate: (stimulus: EmbeddedStimulus, args: StimulusArguments) => void
  /** Whether its seam did anything. */
  readonly fired: () => boolean
  readonly close: () => Promise<void>
}

import type { Side } from '../core/finding.ts'
import type { Endpoint, Transport } from '../core/frame.ts'
import type { World } from '../core/world.ts'
import type { UserAgentOptions } from '../agent/user-agent.ts'
import type { Ticker } from '../net/ticker.ts'
import type { Account, Registrar } from '../play/phone-registration.ts'
import type { Stimuli } from '../play/stimulus.ts'
import type { Contract, DialExample } from '../profile/contract.ts'
import type { PortRange } from '../profile/profile.ts'
import type { Credentials } from '../sip/digest.ts'
import type { Planned } from './plan.ts'
import type { RunRecorder } from './recorder.ts'

/** Reached over the transport of the cell where it names none. */
export type NamedRegistrar = Omit<Registrar, 'transport'> & {
  readonly transport: Transport | undefined
  /** How it refused an account in this run: it is not asked again, for many a PBX locks who fails often. */
  readonly said: { refusal?: string }
}

/** The phone of a run, as it is opened for each ladder. */
export type PhoneSettings = {
  readonly accounts: readonly Account[]
  /** That of the far end where it is not named; then only ladders of three parties have the phone. */
  readonly registrar: NamedRegistrar | undefined
  readonly dialPlan: readonly DialExample[]
}

/** The far end of one ladder run: where it listens, how it is moved, and how it is stopped. */
export type FarEnd = {
  readonly peer: Endpoint
  /** Where the phones of an embedded PBX register. */
  readonly phones?: Registrar | undefined
  readonly stimuli: Stimuli
  readonly close: () => Promise<void>
}

/** What all ladder runs of a run are played with. */
export type PlaySettings = {
  readonly contract: Contract
  readonly credentials: Credentials | undefined
  readonly world: World
  readonly ticker: Ticker
  readonly timers: UserAgentOptions['timers']
  readonly bind: Endpoint
  readonly advertise: string | undefined
  readonly rtpPorts: PortRange | undefined
  readonly loopbackOnly: boolean
  /** The phone behind the PBX under test, if there is one. */
  readonly phone: PhoneSettings | undefined
  readonly signal: AbortSignal
}

export type LadderRunOptions = PlaySettings & {
  readonly planned: Planned
  readonly recorder: RunRecorder
  /** Brings up the SUT, or says where it is; `us` gives our first edge. */
  readonly farEnd: (side: Side, us: () => Endpoint, transport: Transport) => Promise<FarEnd>
}

import type { Transport } from '../core/frame.ts'
import type { Forwarding } from './forwarding.ts'
import type { PortRange, Profile } from './profile.ts'

/** The closed set of names by which ladders speak of telephone numbers. */
export const numberNames = [
  'callee',
  'callerId',
  'foreign',
  'malformed',
  'did',
  'unassigned',
  'busy',
  'rings',
  'noAnswer',
  'earlyMedia',
  'hangsUp',
  'rejects',
  'congested',
  'loop',
  'didBusy',
  'didUnassigned',
  'didRejects',
  'didCongested',
] as const
export type NumberName = (typeof numberNames)[number]
export type Numbers = Readonly<Partial<Record<NumberName, string>>>

/** What a user of the phone dials, and what must reach the provider. */
export type DialExample = { readonly dials: string; readonly sends: string }

/**
 * What one run holds both sides to: the profile, and what `trunkproof.yaml`, flags or the overlay of an embedded run
 * set. Free of secrets, frozen, and stored in the capture.
 */
export type Contract = {
  readonly profile: Profile
  /** Host of the Request-URI, From and realm: the profile's, or `--domain`. */
  readonly domain: string
  readonly numbers: Numbers
  /** URIs that the provider was told to forward calls to; none where the user does not say. */
  readonly forwarding?: Forwarding
  /** The phone behind the PBX under test, if there is one: what it may dial, and the numbers at which it rings. */
  readonly phone?: { readonly dialPlan: readonly DialExample[]; readonly dids: readonly string[] } | undefined
  /** Transports over which ladders are played. */
  readonly transports: readonly Transport[]
  /** Effective values: the profile's, or the overlay's in an embedded run. `undefined`: not documented, not judged. */
  readonly signallingAddresses: readonly string[] | undefined
  readonly mediaAddresses: readonly string[] | undefined
  /** The ends of each documented block that our side can send from as the provider: on loopback alone. */
  readonly sources?: readonly string[] | undefined
  readonly mediaPorts: PortRange | undefined
  /** CIDR blocks that count as public for rules of scope although they are not (loopback in an embedded run). */
  readonly publicAddresses: readonly string[]
  /** The far end plays back what it hears, so our own tone must return. */
  readonly echoes: boolean
  /** `user` part of the digest; never the password. */
  readonly username: string | undefined
  /** Optional capabilities that the user claims or denies. */
  readonly supports: Readonly<Record<string, boolean>>
  /** Set in an embedded run: what was overlaid, as the report prints it. */
  readonly overlay: readonly string[]
}

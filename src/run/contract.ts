import type { Transport } from '../core/frame.ts'
import type { Contract, Numbers } from '../profile/contract.ts'
import type { PortRange, Profile } from '../profile/profile.ts'
import { embeddedNumbers } from './numbers.ts'

export type ContractOptions = {
  readonly domain?: string
  readonly numbers: Numbers
  /** Of the next hop. */
  readonly transport: Transport
  readonly username: string | undefined
  readonly supports: Readonly<Record<string, boolean>>
  readonly echoes: boolean
}

const hostOf = (profile: Profile): string => profile.signalling.hosts[0] ?? profile.id

/** A named SUT is held to what the provider documents, unchanged. */
export const namedContract = (profile: Profile, options: ContractOptions): Contract =>
  Object.freeze({
    profile,
    domain: options.domain ?? hostOf(profile),
    numbers: options.numbers,
    transports: [options.transport],
    signallingAddresses: profile.signalling.addresses,
    mediaAddresses: profile.media.addresses,
    mediaPorts: profile.media.ports,
    publicAddresses: [],
    echoes: options.echoes,
    username: options.username,
    supports: options.supports,
    overlay: [],
  })

/** What we speak, of what a provider documents. */
const transports: readonly Transport[] = ['udp', 'tcp']

/** Ports for a provider that documents none: any that an application may use. */
const anyPort: PortRange = { first: 20000, last: 59998 }

const networkOf = (bind: string): string => (bind.includes(':') ? `${bind}/128` : `${bind}/32`)
const loopbackOf = (bind: string): readonly string[] => (bind.includes(':') ? ['::1/128'] : ['127.0.0.0/8'])

/**
 * An embedded run keeps the profile's names in every message and overlays only what loopback cannot have: addresses.
 * Loopback counts as public for rules of scope.
 */
export const embeddedContract = (profile: Profile, bind: string, username: string, domain?: string): Contract => {
  const host = domain ?? hostOf(profile)
  const mediaPorts = profile.media.ports ?? anyPort
  return Object.freeze({
    profile,
    domain: host,
    numbers: embeddedNumbers,
    transports: transports.filter((transport) => profile.signalling.ports[transport] !== undefined),
    signallingAddresses: profile.signalling.addresses === undefined ? undefined : [networkOf(bind)],
    mediaAddresses: profile.media.addresses === undefined ? undefined : [networkOf(bind)],
    mediaPorts: profile.media.ports,
    publicAddresses: loopbackOf(bind),
    echoes: true,
    username,
    supports: {},
    overlay: [
      `${host} resolves to ${bind}, ports as they are free`,
      `signalling and media come from ${bind}, which counts as public; media ports ${mediaPorts.first}-${mediaPorts.last}`,
    ],
  })
}

import type { Transport } from '../core/frame.ts'
import type { Contract, Numbers } from '../profile/contract.ts'
import type { PortRange, Profile } from '../profile/profile.ts'
import { embeddedNumbers } from './numbers.ts'

export type ContractOptions = {
  readonly domain?: string
  readonly numbers: Numbers
  /** That the next hop is tried over. */
  readonly transports: readonly Transport[]
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
    transports: options.transports,
    signallingAddresses: profile.signalling.addresses,
    mediaAddresses: profile.media.addresses,
    mediaPorts: profile.media.ports,
    publicAddresses: [],
    echoes: options.echoes,
    username: options.username,
    supports: options.supports,
    overlay: [],
  })

/** What we speak. */
const spoken: readonly Transport[] = ['udp', 'tcp']

/** What is documented and spoken; where something is asked for, that of it. */
const transportsOf = ({ signalling }: Profile, asked: readonly Transport[] = spoken): readonly Transport[] =>
  asked.filter((transport) => signalling.ports[transport] !== undefined)

/** Ports for a provider that documents none: any that an application may use. */
const anyPort: PortRange = { first: 20000, last: 59998 }

const networkOf = (bind: string): string => (bind.includes(':') ? `${bind}/128` : `${bind}/32`)
const loopbackOf = (bind: string): readonly string[] => (bind.includes(':') ? ['::1/128'] : ['127.0.0.0/8'])

/**
 * An embedded run keeps the profile's names in every message and overlays only what loopback cannot have: addresses.
 * Loopback counts as public for rules of scope.
 */
export const embeddedContract = (
  profile: Profile,
  bind: string,
  username: string,
  asked: { readonly domain?: string | undefined; readonly transports?: readonly Transport[] | undefined } = {},
): Contract => {
  const host = asked.domain ?? hostOf(profile)
  const mediaPorts = profile.media.ports ?? anyPort
  return Object.freeze({
    profile,
    domain: host,
    numbers: embeddedNumbers,
    transports: transportsOf(profile, asked.transports),
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

import { endsOfBlock } from '../core/address.ts'
import type { Transport } from '../core/frame.ts'
import type { Contract, Numbers } from '../profile/contract.ts'
import type { Forwarding } from '../profile/forwarding.ts'
import type { PortRange, Profile } from '../profile/profile.ts'
import { embeddedNumbers, embeddedPhone } from './numbers.ts'

export type ContractOptions = {
  readonly domain?: string
  readonly numbers: Numbers
  readonly forwarding?: Forwarding | undefined
  readonly phone?: Contract['phone']
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
    ...(options.forwarding === undefined ? {} : { forwarding: options.forwarding }),
    phone: options.phone,
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

/** A PBX by its name (RFC 2606 §3): requests reach it where it listens, as the provider's DNS and routing would have it. */
const embeddedForwarding = ({ origination }: Profile): Forwarding => ({
  // UDP needs no parameter; some documented examples have it all the same.
  udp: `sip:{number}@pbx.example.com:5060${origination.requestUri.includes(';transport=') ? ';transport=udp' : ''}`,
  tcp: 'sip:{number}@pbx.example.com:5060;transport=tcp',
})

/** Ports for a provider that documents none: any that an application may use. */
const anyPort: PortRange = { first: 20000, last: 59998 }

const networkOf = (bind: string): string => (bind.includes(':') ? `${bind}/128` : `${bind}/32`)
const loopbackOf = (bind: string): readonly string[] => (bind.includes(':') ? ['::1/128'] : ['127.0.0.0/8'])

/** All of 127.0.0.0/8 is there on Linux alone. */
const hasLoopbackNet = (bind: string): boolean => bind.startsWith('127.') && process.platform === 'linux'

/** An address block of the provider on loopback, with 127 in front. */
const onLoopback = (block: string, bind: string): string =>
  hasLoopbackNet(bind) && !block.includes(':') ? `127.${block.slice(block.indexOf('.') + 1)}` : networkOf(bind)

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
  const signallingAddresses = profile.signalling.addresses?.map((block) => onLoopback(block, bind))
  return Object.freeze({
    profile,
    domain: host,
    numbers: embeddedNumbers,
    ...(profile.forwarding === undefined ? {} : { forwarding: embeddedForwarding(profile) }),
    phone: { dialPlan: embeddedPhone.dialPlan, dids: [embeddedNumbers.did].filter((did) => did !== undefined) },
    transports: transportsOf(profile, asked.transports),
    signallingAddresses,
    ...(hasLoopbackNet(bind) ? { sources: signallingAddresses?.flatMap(endsOfBlock) } : {}),
    mediaAddresses: profile.media.addresses === undefined ? undefined : [networkOf(bind)],
    mediaPorts: profile.media.ports,
    publicAddresses: loopbackOf(bind),
    echoes: true,
    username,
    supports: {},
    overlay: [
      `${host} resolves to ${bind}, ports as they are free`,
      ...(profile.forwarding === undefined ? [] : ['calls in are forwarded to sip:{number}@pbx.example.com:5060']),
      `signalling of the provider comes from ${(signallingAddresses ?? [bind]).join(', ')}`,
      `all else comes from ${bind}, which counts as public; media ports ${mediaPorts.first}-${mediaPorts.last}`,
    ],
  })
}

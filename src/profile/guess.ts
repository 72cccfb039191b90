import { inCidr } from '../core/address.ts'
import type { Profile } from './profile.ts'

/** What of a capture may tell the provider. */
export type Traits = {
  readonly addresses: ReadonlySet<string>
  /** Hosts of Request-URIs, From and To, in lower case. */
  readonly hosts: ReadonlySet<string>
  readonly realms: ReadonlySet<string>
}

const scoreOf = ({ signalling, authentication }: Profile, { addresses, hosts, realms }: Traits): number => {
  const named = signalling.hosts.some((host) => hosts.has(host.toLowerCase()))
  const realm = authentication.realm !== undefined && realms.has(authentication.realm)
  const blocks = signalling.addresses ?? []
  const near = [...addresses].some((address) => blocks.some((block) => inCidr(address, block)))
  return (near ? 4 : 0) + (named ? 2 : 0) + (realm ? 1 : 0)
}

/** The profile to which addresses, hosts and realms point most; none where nothing points to one. */
export const guessProfile = (profiles: readonly Profile[], traits: Traits): Profile | undefined => {
  const scored = profiles
    .map((profile) => ({ profile, score: scoreOf(profile, traits) }))
    .sort((a, b) => b.score - a.score)
  const [best, next] = scored
  return best !== undefined && best.score > 0 && best.score > (next?.score ?? 0) ? best.profile : undefined
}

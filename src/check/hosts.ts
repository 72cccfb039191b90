import type { Contract } from '../profile/contract.ts'

/** Host names of the provider that a call may name; `--domain` takes the place of the profile's. */
export const documentedHosts = ({ domain, profile }: Contract): readonly string[] =>
  profile.signalling.hosts.includes(domain) ? profile.signalling.hosts : [domain]

const sameHost = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Host names know no case (RFC 3261 §19.1.4). */
export const isDocumentedHost = (host: string | undefined, contract: Contract): boolean =>
  host !== undefined && documentedHosts(contract).some((known) => sameHost(known, host))

/** The platform of the provider that a host is of, where it is not the one that this trunk is on; none where `--domain` leaves both. */
export const otherPlatformOf = (host: string | undefined, { domain, profile }: Contract): string | undefined => {
  const { hosts, otherPlatform } = profile.signalling
  const isOther = host !== undefined && otherPlatform?.hosts.some((known) => sameHost(known, host)) === true
  return isOther && hosts.some((known) => sameHost(known, domain)) ? otherPlatform.name : undefined
}

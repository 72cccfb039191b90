import type { Contract } from '../profile/contract.ts'

/** Host names of the provider that a call may name; `--domain` takes the place of the profile's. */
export const documentedHosts = ({ domain, profile }: Contract): readonly string[] =>
  profile.signalling.hosts.includes(domain) ? profile.signalling.hosts : [domain]

/** Host names know no case (RFC 3261 §19.1.4). */
export const isDocumentedHost = (host: string | undefined, contract: Contract): boolean =>
  host !== undefined && documentedHosts(contract).some((known) => known.toLowerCase() === host.toLowerCase())

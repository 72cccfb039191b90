import { lookup } from 'node:dns/promises'
import { isIpLiteral, normalizeAddress } from '../core/address.ts'
import { fault, ok } from '../core/result.ts'
import type { Result } from '../core/result.ts'

/**
 * The IP address of a host: a literal as it is, else what `overrides` (lower-case name -> address) says, else the system's
 * resolver. One address: choosing between servers (RFC 3263) is not done here.
 */
export const resolveHost = async (host: string, overrides: ReadonlyMap<string, string>): Promise<Result<string>> => {
  if (isIpLiteral(host)) return ok(normalizeAddress(host))
  const override = overrides.get(host.toLowerCase())
  if (override !== undefined) {
    if (!isIpLiteral(override)) return fault('dns.override', '3263 §4', `${host}=${override}`)
    return ok(normalizeAddress(override))
  }
  try {
    const { address } = await lookup(host)
    return ok(normalizeAddress(address))
  } catch {
    return fault('dns.not-found', '3263 §4', host)
  }
}

import { isIpLiteral } from '../core/address.ts'
import { parseNameAddr } from '../sip/fields/address.ts'
import { numberOf } from '../sip/fields/tokens.ts'
import { type Request, fieldValue } from '../sip/message.ts'
import { isSipUri, parseUri } from '../sip/uri.ts'
import { fieldAt } from '../sip/view.ts'
import type { NumberName, Numbers } from '../profile/contract.ts'
import { isOfFormat } from '../profile/numbers.ts'
import type { TrunkPolicy } from './policy.ts'

type Address = { readonly user: string; readonly host: string }

const addressOf = (uri: string): Address | undefined => {
  const parsed = parseUri(uri)
  if (!parsed.ok || !isSipUri(parsed.value)) return undefined
  return { user: parsed.value.user ?? '', host: parsed.value.host.toLowerCase() }
}

const addressIn = (request: Request, name: 'To' | 'From'): Address | undefined => {
  const parsed = parseNameAddr(fieldValue(request, name) ?? '')
  return parsed.ok ? addressOf(parsed.value.uri) : undefined
}

/** `+12025550100` and `12025550100` are one number. */
const digits = (number: string): string => (number.startsWith('+') ? number.slice(1) : number)

/** Whether two written forms are the same number. */
export const sameNumber = (a: string, b: string): boolean => digits(a) === digits(b)

/** Number in the Request-URI, as it is written there; empty where there is none. */
export const calledNumber = (request: Request): string => addressOf(request.requestUri)?.user ?? ''

/** Number in To. */
export const addressedNumber = (request: Request): string => addressIn(request, 'To')?.user ?? ''

/** Whether a request names the trunk by an address. In a dialog it does so rightly: that is what our Contact says. */
export const isToLiteral = (request: Request): boolean =>
  isIpLiteral(addressOf(request.requestUri)?.host ?? '') && fieldAt(request, 'To.tag') === undefined

const hopsOf = (request: Request): number | undefined => {
  const hops = numberOf(request, 'Max-Forwards')
  return hops.ok ? hops.value : undefined
}

/** The status with which the trunk refuses an INVITE for what it says of its parties; `undefined` where it may pass. */
export const refusalOf = (request: Request, policy: TrunkPolicy): number | undefined => {
  const target = addressOf(request.requestUri)
  const to = addressIn(request, 'To')
  const from = addressIn(request, 'From')
  if (target === undefined || to === undefined || from === undefined) return 400
  const { demands, owned, hosts, withoutHops } = policy
  // RFC 3261 §16.3 step 3, and RFC 7332 for whoever begins a call of its own for each that comes.
  if (withoutHops !== 'served' && hopsOf(request) === 0) return withoutHops
  const wellFormed =
    isOfFormat(demands.requestUri, target.user) &&
    isOfFormat(demands.to, to.user) &&
    isOfFormat(demands.from, from.user)
  if (!wellFormed) return policy.malformedNumber
  if (hosts !== 'any' && !hosts.some((host) => host.toLowerCase() === target.host)) return 404
  if (owned !== 'any' && !owned.some((number) => sameNumber(number, from.user))) return 403
  return undefined
}

/** Which number of the contract's table was called. */
export const calledName = (numbers: Numbers, number: string): NumberName | undefined =>
  (Object.entries(numbers) as [NumberName, string][]).find(([, known]) => sameNumber(known, number))?.[0]

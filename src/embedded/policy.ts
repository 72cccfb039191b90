import { isIpLiteral } from '../core/address.ts'
import type { Contract, Numbers } from '../profile/contract.ts'
import type { Forwarding } from '../profile/forwarding.ts'
import type { NumberFormat, PortRange, Profile, Shape } from '../profile/profile.ts'
import { speakable } from '../sdp/codecs.ts'
import { type DialRule, britishDialPlan } from './dial-plan.ts'
import type { Screen } from './screen.ts'

/** `refused`: the stream with port 0; `held`: nothing is to be sent to its address, 0.0.0.0. */
export const opennesses = ['open', 'recvonly', 'inactive', 'refused', 'held'] as const
export type Openness = (typeof opennesses)[number]

/** Settings that both embedded parties have. */
export type PartyPolicy = {
  /** Shape of the INVITEs that it sends, and the forms of the numbers in them. */
  readonly shape: Shape
  readonly writes: { readonly called: NumberFormat; readonly caller: NumberFormat }
  /** URIs to which its calls go in place of that of the shape. */
  readonly forwarding?: Forwarding | undefined
  /** Codecs that it offers and answers with, best first. */
  readonly codecs: readonly string[]
  /** Names that it offers beside them, although it does not speak them. */
  readonly alsoOffers: readonly string[]
  /** What its responses go back on over TCP: the connection of the request (RFC 3261 §18.2.2), or a new one. */
  readonly respondsOn: 'same' | 'new'
  /** How it tells digits: as telephone-events, or each in an INFO. */
  readonly digitsBy: 'rfc4733' | 'info'
  /** What becomes of an offer of which it speaks nothing: 488, or an answer with its own codecs. */
  readonly unshared: 'refuse' | 'answer'
  /** What its answers let through: audio both ways, less of it, or none (RFC 3264 §6, §6.1, §8.4). */
  readonly answers: Openness
  /** What becomes of an offer within a call: a status, an answer, or one that lets nothing through. */
  readonly reoffers: number | 'answer' | 'inactive'
  /** Where its media is; any free port where there is no range. */
  readonly mediaAddress: string
  readonly mediaPorts: PortRange | undefined
  readonly ptimeMs: number
  /** What becomes of a request in a call that comes from another address than the call came from: a status, or nothing special. */
  readonly fromElsewhere: number | 'served'
  /** Address blocks from which it takes new calls; others get 403. */
  readonly admits: readonly string[] | undefined
  /** New calls that it refuses for how they are written. */
  readonly refuses: readonly Screen[]
  /** How many calls it has at once, and the status that one more gets; `undefined`: as many as come. */
  readonly channels: { readonly count: number; readonly status: number } | undefined
}

/** What the embedded trunk demands and answers. */
export type TrunkPolicy = PartyPolicy & {
  /** Where its signalling is. */
  readonly signallingAddress: string
  /** Hosts that it serves: others in a Request-URI are not found. */
  readonly hosts: readonly string[] | 'any'
  /** What becomes of a Request-URI whose host is an IP address. */
  readonly literalHosts: 'serve' | 'ignore'
  readonly realm: string
  readonly challenge: 401 | 407
  readonly algorithms: readonly ('MD5' | 'SHA-256')[]
  /** Which credentials let a call in; `any-user`: the right password under whatever name; `unasked`: a call that has none, too. */
  readonly accepts: 'right' | 'any-user' | 'any' | 'unasked' | 'none'
  /** What becomes of credentials for another realm: the refusal, a challenge as if there were none (RFC 3261 §22.3), or the call. */
  readonly otherRealm: 'refuse' | 'challenge' | 'accept'
  /** What it says to others: a status, or one more challenge. */
  readonly refusal: number | 'challenge'
  readonly demands: { readonly requestUri: NumberFormat; readonly to: NumberFormat; readonly from: NumberFormat }
  readonly malformedNumber: number
  /** What becomes of a call that may not be passed on any more, for its Max-Forwards is 0: a status, or it is passed on. */
  readonly withoutHops: number | 'served'
  /** Caller ids that the account owns. */
  readonly owned: readonly string[] | 'any'
  /** Whose number it calls. */
  readonly dials: 'to' | 'request-uri'
  /** What becomes of calls to a number that nobody has. */
  readonly unassigned: 'refuse' | 'answer'
  /** What becomes of a call that comes back to the PBX: other numbers than were said, and what is relayed. */
  readonly loops: {
    readonly caller: string | undefined
    readonly called: string | undefined
    readonly fields: 'kept' | 'dropped'
    readonly audio: 'both' | 'one-way'
    /** Those that the caller presses. */
    readonly digits: 'kept' | 'dropped'
  }
  readonly numbers: Numbers
}

/** What the embedded PBX answers to and how it stands in the network. */
export type PbxPolicy = PartyPolicy & {
  /** Its own number, in any written form. */
  readonly did: string | undefined
  readonly numbers: Numbers
  /** Host and port that it believes to have, for Via and Contact. */
  readonly advertise: string | undefined
  /** Realm in which it asks callers for credentials; `undefined`: it takes calls as they are. */
  readonly asks: string | undefined
  /** What it has in place of the account's own. */
  readonly credentials: { readonly username?: string; readonly password?: string }
  /** Realm for which it answers a challenge; `undefined`: that of the challenge. */
  readonly answersRealm: string | undefined
  /** The one realm whose challenges it answers. */
  readonly knowsRealm: string
  /** How often it shows credentials again that were refused. */
  readonly insists: number
  /** What its phones may dial. */
  readonly dialPlan: readonly DialRule[]
  /** Who answers calls in, where a phone is registered: the phone, or the PBX by itself. */
  readonly calls: 'ring' | 'answered'
  /** What becomes of the phone when the other side hangs up. */
  readonly phone: 'released' | 'left'
}

const spoken = (profile: Profile): readonly string[] =>
  profile.media.codecs.filter((codec) => speakable.some((name) => name === codec))

const present = (...numbers: readonly (string | undefined)[]): readonly string[] =>
  numbers.filter((number) => number !== undefined)

/** The provider as its profile documents it; `bind` is where it listens. */
export const trunkPolicyOf = (
  { profile, domain, numbers, forwarding, signallingAddresses, mediaAddresses, mediaPorts }: Contract,
  bind: string,
): TrunkPolicy => ({
  shape: profile.origination,
  writes: { called: profile.numbers.origination, caller: profile.numbers.origination },
  forwarding,
  codecs: spoken(profile),
  alsoOffers: [],
  respondsOn: 'same',
  digitsBy: 'rfc4733',
  unshared: 'refuse',
  answers: 'open',
  reoffers: 'answer',
  fromElsewhere: 'served',
  mediaAddress: mediaAddresses?.[0]?.split('/')[0] ?? bind,
  mediaPorts,
  ptimeMs: profile.media.ptimeMs,
  admits: undefined,
  refuses: [],
  channels: undefined,
  signallingAddress: signallingAddresses?.[0]?.split('/')[0] ?? bind,
  hosts: [domain],
  literalHosts: profile.signalling.literalHosts === 'ignored' && !isIpLiteral(domain) ? 'ignore' : 'serve',
  realm: profile.authentication.realm ?? domain,
  challenge: profile.authentication.challenge,
  algorithms: ['SHA-256', 'MD5'],
  accepts: 'right',
  otherRealm: profile.authentication.otherRealm === 'refused' ? 'refuse' : 'challenge',
  refusal: profile.authentication.refusal,
  demands: profile.numbers,
  malformedNumber: 404,
  withoutHops: 483,
  owned: profile.numbers.callerId === 'owned' ? present(numbers.callerId, numbers.did) : 'any',
  dials: profile.numbers.dialled ?? 'request-uri',
  unassigned: 'refuse',
  loops: { caller: undefined, called: undefined, fields: 'kept', audio: 'both', digits: 'kept' },
  numbers,
})

/** A PBX that does what the profile asks of it. */
export const pbxPolicyOf = ({ profile, numbers }: Contract, bind: string): PbxPolicy => ({
  shape: profile.termination,
  writes: { called: profile.numbers.to, caller: profile.numbers.from },
  codecs: spoken(profile),
  alsoOffers: [],
  respondsOn: 'same',
  digitsBy: 'rfc4733',
  unshared: 'refuse',
  answers: 'open',
  reoffers: 'answer',
  fromElsewhere: 'served',
  mediaAddress: bind,
  mediaPorts: undefined,
  ptimeMs: profile.media.ptimeMs,
  admits: undefined,
  refuses: [],
  channels: undefined,
  did: numbers.did,
  numbers,
  advertise: undefined,
  asks: undefined,
  credentials: {},
  answersRealm: undefined,
  knowsRealm: profile.authentication.realm ?? 'any',
  insists: 0,
  dialPlan: britishDialPlan,
  calls: 'ring',
  phone: 'released',
})

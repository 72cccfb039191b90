import type { Side, Strength } from '../core/finding.ts'

/** `e164-plus`: `+` and 7 to 15 digits; `e164-bare`: the digits alone; `e164`: either. */
export type NumberFormat = 'e164-plus' | 'e164-bare' | 'e164'

export type PortRange = { readonly first: number; readonly last: number }

/** Which documented statements a check proves here, for which side, how strong, and what to do. */
export type RequirementRow = {
  readonly side?: Side
  /** Where it is these ladders alone that show it. */
  readonly ladders?: readonly string[]
  readonly ids: readonly string[]
  readonly strength?: Strength
  readonly advice?: string
}

/** Header fields of a documented INVITE, as templates over the names that `shape.ts` lists. */
export type Shape = {
  readonly requestUri: string
  readonly from: string
  readonly to: string
  readonly contact: string
  /** Any other field of the documented example, in order. */
  readonly fields?: Readonly<Record<string, string>>
}

/** The contract of a provider as data: one file in `profiles/`. */
export type Profile = {
  readonly id: string
  readonly title: string
  readonly source: { readonly document: string; readonly read: string }
  readonly signalling: {
    readonly hosts: readonly string[]
    readonly ports: { readonly udp?: number; readonly tcp?: number; readonly tls?: number }
    /** CIDR blocks; absent where the provider documents none. */
    readonly addresses?: readonly string[]
    /** What becomes of requests to a host that is an IP address. */
    readonly literalHosts?: 'ignored'
    /** Name of the provider's platform that these hosts are of, where it has more than one. */
    readonly platform?: string
    /** Hosts of a platform that has rules of its own; the one of the same region first. */
    readonly otherPlatform?: { readonly name: string; readonly hosts: readonly string[] }
  }
  readonly authentication: {
    /** `unknown` where no provider is documented at all. */
    readonly scheme: 'digest' | 'unknown'
    /** Absent where the provider does not document it. */
    readonly realm?: string
    /** Which challenge the embedded trunk sends. */
    readonly challenge: 401 | 407
    /** What a provider answers to wrong credentials. */
    readonly refusal: number
    /** Whether it is documented that credentials for another realm are refused, too. */
    readonly otherRealm?: 'refused'
  }
  readonly numbers: {
    readonly requestUri: NumberFormat
    readonly to: NumberFormat
    readonly from: NumberFormat
    /** Form of the caller in a call to the PBX, and of the DID. */
    readonly origination: NumberFormat
    readonly callerId: 'owned' | 'any'
    /** Whose number is called; the Request-URI's where nothing is documented. */
    readonly dialled?: 'to'
  }
  readonly customHeaders?: { readonly prefix: string; readonly maxNameLength: number; readonly maxTotalBytes: number }
  readonly media: {
    readonly ports?: PortRange
    readonly addresses?: readonly string[]
    /** Encoding names of RFC 3551 and its like: PCMU, PCMA, G729, opus, iLBC, G722, speex. */
    readonly codecs: readonly string[]
    readonly dtmf?: 'rfc4733'
    readonly ptimeMs: number
  }
  /** Calls in go to a URI that the user configures at the provider, `{number}` in it replaced. */
  readonly forwarding?: 'sip-uri'
  readonly termination: Shape
  readonly origination: Shape
  readonly requirements: Readonly<Record<string, readonly RequirementRow[]>>
  readonly troubleshooting: readonly {
    readonly symptom: string
    readonly advice: string
    readonly checks: readonly string[]
  }[]
}

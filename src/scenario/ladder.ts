import type { Party, Side } from '../core/finding.ts'

/** Where something stands in its file, for messages. */
export type Place = { readonly file: string; readonly line: number; readonly column: number }

/** `${…}` is a reference; everything else is literal. */
export type Template = string

export type RequestPattern = {
  readonly kind: 'request'
  readonly method: string
  /** `INVITE`: new call; `INVITE again`: the retry; `re-INVITE`: in the dialog. In-dialog methods (BYE, ACK …) are `within`. */
  readonly how: 'new' | 'again' | 'within'
}
export type ResponsePattern = {
  readonly kind: 'response'
  /** Any of these; we send the first. */
  readonly statuses: readonly number[]
  /** `200 to BYE`: the method; absent: the oldest open request of that direction that no `meanwhile` took. */
  readonly to?: string
}
export type Pattern = RequestPattern | ResponsePattern

/** Shape of what we send when we play the sender, over the profile's documented shape. Values may be templates. */
export type With = {
  readonly to?: Template
  readonly from?: Template
  readonly requestUri?: Template
  readonly contact?: Template
  /** Codec names of an offer, or `none`. An answer takes those that are shared. */
  readonly offer?: readonly Template[] | 'none'
  readonly answer?: readonly Template[]
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  /** Those of `trunkproof.yaml`, or with another password, another user name, or for another realm than was asked for. */
  readonly credentials?: 'configured' | 'wrong' | 'unknown-user' | 'other-realm'
  /** Realm of a challenge, where it is not the provider's. */
  readonly realm?: Template
  readonly reason?: Template
  readonly fields?: Readonly<Record<string, Template>>
  /** `full`: one more custom header field, up to what the profile documents; `half`: half of it. */
  readonly customHeaders?: Template
  /** The address of the edge that it is sent from, where that is not the one of all edges. */
  readonly source?: Template
  /** Header fields to leave out. */
  readonly lacking?: readonly string[]
}

/** Typed field path -> literal, `${ref}`, `present`, `absent`, or one of a list. */
export type Expectation = { readonly path: string; readonly place: Place } & (
  | { readonly is: 'equal'; readonly to: Template }
  | { readonly is: 'present' | 'absent' }
  | { readonly is: 'one-of'; readonly of: readonly Template[] }
)

/** The call of all steps that name none. */
export const onlyCall = '1'

type StepBase = { readonly head: string; readonly place: Place; readonly number: number }

export type MessageStep = StepBase & {
  readonly kind: 'message'
  readonly from: Party
  readonly to: Party
  readonly pattern: Pattern
  readonly with: With
  readonly expect: readonly Expectation[]
  readonly as?: string
  readonly withinMs?: number
  /** Not sent by us unless `send`; may be left out by the SUT. */
  readonly optional: boolean
  readonly send: boolean
  /** Duties that we do not perform after this message. */
  readonly without: readonly ('ACK' | 'response')[]
  /** Copies that we put on the wire, 1 where not said. */
  readonly again: number
  readonly at: 'wire' | 'message' | 'transaction'
  readonly call: string
  /** Address of the party from which it goes, from 1; left out: the first, or in a dialog where its route begins. */
  readonly edge?: number
  /** Wait that long before we send it. */
  readonly afterMs?: number
  /** The SUT does it unprompted: no stimulus is fired for it. */
  readonly stimulus?: 'none'
}
export type AnyOfStep = StepBase & {
  readonly kind: 'any-of'
  readonly from: Party
  readonly statuses: readonly number[]
  readonly with: With
  readonly withinMs?: number
  readonly as?: string
  readonly call: string
}
export type NeverStep = StepBase & {
  readonly kind: 'never'
  readonly from?: Party
  readonly pattern: Pattern
  /** Name of an `as:` after which it may come; to the end of the ladder where absent. */
  readonly until?: string
  readonly call: string
}
/** What is done or awaited at the phone behind the PBX. */
export type PhoneAct = 'dials' | 'rings' | 'answers' | 'is-answered' | 'hangs-up' | 'is-released'

/** An interval, not a message: it never mismatches. */
export type VerbStep = StepBase & {
  readonly kind: 'verb'
  readonly verb: string
  /** What is done or awaited at the phone, at most `forMs` long. */
  readonly phone?: PhoneAct
  readonly between: readonly [Party, Party]
  /** `both`, or only from the first to the second. */
  readonly direction: 'both' | 'forward'
  readonly forMs: number
  /** To be pressed, of `dtmf`. */
  readonly digits?: string
  /** Intervals of one group go on at the same time. */
  readonly group?: number
  /** The call whose sound comes out of this one, where the SUT connects the two. */
  readonly hears?: string
  /** The call in which the digits that are pressed in this one come out, where the SUT connects the two. */
  readonly reaches?: string
  /** What the phone dials. */
  readonly with?: With
  readonly call: string
}
export type Step = MessageStep | AnyOfStep | NeverStep | VerbStep

/** A request that the SUT may send unasked, and how it is answered by the book. */
export type Meanwhile = { readonly method: string; readonly status: number }

export type Ladder = {
  readonly id: string
  readonly title: string
  /** Why this ladder exists: one or two sentences. */
  readonly purpose: string
  readonly tests: readonly Side[]
  readonly matrix: Readonly<Record<string, readonly string[] | Template>>
  /** Capabilities of the profile or `supports:` without which it is not applicable. */
  readonly needs: readonly string[]
  readonly breaks: readonly string[]
  readonly meanwhile: readonly Meanwhile[]
  readonly setup: readonly Step[]
  readonly ladder: readonly Step[]
  readonly finally: readonly Step[]
  readonly place: Place
}

/** What the SUT must be moved to do of its own accord. */
export type Stimulus = 'dial' | 'hang-up' | 'hang-up-one' | 'hold' | 'resume' | 'answer' | 'options' | 'press'

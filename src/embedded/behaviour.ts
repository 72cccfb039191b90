import type { FieldDraft } from '../sip/message.ts'
import type { NumberName } from '../profile/contract.ts'

/** A status, and the cause of Q.850 that a network gives with it. */
export type Refusal = { readonly refuse: number; readonly cause: number }

/** What a party does with a call to a number; times are multiples of T1, so that tests and real timers scale alike. */
export type Behaviour =
  | Refusal
  | {
      readonly ring: 180 | 183
      /** Rings on until CANCEL where it does not answer. */
      readonly answerAfter?: number
      /** Hangs up of its own accord, counted from the answer. */
      readonly hangUpAfter?: number
    }

const busy: Refusal = { refuse: 486, cause: 17 }
const rejects: Refusal = { refuse: 603, cause: 21 }
const congested: Refusal = { refuse: 503, cause: 42 }

/** The numbers of the contract that the trunk can be called under; any other is not assigned. */
export const behaviours: Readonly<Partial<Record<NumberName, Behaviour>>> = {
  callee: { ring: 180, answerAfter: 1 },
  rings: { ring: 180, answerAfter: 5 },
  earlyMedia: { ring: 183, answerAfter: 20 },
  noAnswer: { ring: 180 },
  hangsUp: { ring: 180, answerAfter: 1, hangUpAfter: 5 },
  busy,
  rejects,
  congested,
}
export const unassigned: Refusal = { refuse: 404, cause: 1 }

/** The numbers beside its DID under which the PBX can be called. */
export const refusalsIn: Readonly<Partial<Record<NumberName, Refusal>>> = {
  didBusy: busy,
  didRejects: rejects,
  didCongested: congested,
}

/** RFC 3326 §2. */
export const reasonOf = ({ cause }: Refusal): FieldDraft => ['Reason', `Q.850;cause=${cause}`]

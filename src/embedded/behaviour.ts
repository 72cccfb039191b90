import type { NumberName } from '../profile/contract.ts'

/** What the trunk does with a call to a number; times are multiples of T1, so that tests and real timers scale alike. */
export type Behaviour =
  | { readonly refuse: number }
  | {
      readonly ring: 180 | 183
      /** Rings on until CANCEL where it does not answer. */
      readonly answerAfter?: number
      /** Hangs up of its own accord, counted from the answer. */
      readonly hangUpAfter?: number
    }

/** The numbers of the contract that the trunk can be called under; any other is not assigned. */
export const behaviours: Readonly<Partial<Record<NumberName, Behaviour>>> = {
  callee: { ring: 180, answerAfter: 1 },
  rings: { ring: 180, answerAfter: 5 },
  earlyMedia: { ring: 183, answerAfter: 10 },
  noAnswer: { ring: 180 },
  hangsUp: { ring: 180, answerAfter: 1, hangUpAfter: 5 },
  busy: { refuse: 486 },
}
export const unassigned: Behaviour = { refuse: 404 }

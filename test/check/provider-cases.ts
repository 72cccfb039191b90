import { setStatus } from '../support/flow.ts'
import { type Played, callIn } from '../support/calls.ts'

/** One thing bent of what a provider documents, and all that may be found. */
export type Case = readonly [string, Played, readonly string[]]

const refusedIn = (status: number, reason: string): Played =>
  callIn({ bends: { '180': setStatus(status, reason) }, until: '200' })

export const providerCases: readonly Case[] = [
  [
    'a call in the documented form that finds no number (SINCH-ORIG-11)',
    refusedIn(404, 'Not Found'),
    ['call-in-accepted call 1/INVITE 1 fail pbx'],
  ],
  ['a call in to a line that is busy: nothing is wrong with its form', refusedIn(486, 'Busy Here'), []],
]

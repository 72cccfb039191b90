import { addField, setStatus } from '../support/flow.ts'
import { type Played, callIn, callOut } from '../support/calls.ts'

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
  [
    'a PBX that asks the provider for credentials (SINCH-ORIG-13)',
    refusedIn(401, 'Unauthorized'),
    ['provider-not-challenged call 1/INVITE 1 fail pbx'],
  ],
  [
    'a custom header field whose name is too long with and without its prefix (SINCH-XHDR-04, AMB-04)',
    callIn({ sut: 'trunk', bends: { 'INVITE 1': addField(`X-${'a'.repeat(51)}`, 'b') } }),
    ['custom-header-limits call 1/INVITE 1 fail trunk'],
  ],
  [
    'a custom header field that is too large by itself (SINCH-XHDR-03)',
    callOut({ sut: 'pbx', bends: { 'INVITE 1': addField('X-a', 'b'.repeat(1025)) } }),
    ['custom-header-limits call 1/INVITE 1 fail pbx'],
  ],
  [
    'custom header fields that are too long in one reading of the document only (AMB-04)',
    callIn({ sut: 'trunk', bends: { 'INVITE 1': addField(`X-${'a'.repeat(50)}`, 'b'.repeat(1024)) } }),
    [],
  ],
]

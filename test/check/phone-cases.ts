import type { StepOutcome } from '../../src/core/outcome.ts'
import { type Played, callIn, callOut } from '../support/calls.ts'
import { setUri } from '../support/flow.ts'
import type { Case } from './provider-cases.ts'

const dialPlan = [{ dials: '0012025550100', sends: '+12025550100' }]

/** A call with what was seen of it at the phone. */
const atPhone = (played: Played, ...facts: readonly NonNullable<StepOutcome['facts']>[]): Played => {
  const seen = facts.map((of, index): StepOutcome => ({
    step: 100 + index,
    section: 'ladder',
    head: 'phone',
    call: 'phone',
    status: 'met',
    frames: [],
    timeMs: Number.MAX_SAFE_INTEGER,
    facts: of,
  }))
  return { ...played, evidence: { ...played.evidence, outcomes: [...played.evidence.outcomes, ...seen] } }
}

const dialled = (number: string): Played => {
  const to = setUri(`sip:${number}@euc1.vp.sip.sinch.com`)
  const played = callOut({
    sut: 'pbx',
    bends: { 'INVITE 1': to, 'INVITE 2': to },
    contract: { phone: { dialPlan, dids: [] } },
  })
  return atPhone(played, { phone: 'dials', dialled: '0012025550100' })
}

const rung = (...facts: readonly NonNullable<StepOutcome['facts']>[]): Played => atPhone(callIn(), ...facts)

/** What is dialled at the phone, and what becomes of it. */
export const phoneCases: readonly Case[] = [
  ['a number that is dialled and called as the dial plan says', dialled('+12025550100'), []],
  [
    'a number that is called with the 00 that was dialled: its form is not told beside it',
    dialled('0012025550100'),
    ['dial-plan call 1/INVITE 1 fail pbx', 'dial-plan call 1/INVITE 2 fail pbx'],
  ],
  [
    'a number that lacks its country code',
    dialled('+2025550100'),
    ['dial-plan call 1/INVITE 1 fail pbx', 'dial-plan call 1/INVITE 2 fail pbx'],
  ],
  [
    'a phone that rings, answers and is released',
    rung({ phone: 'rings', came: true }, { phone: 'is-released', came: true }),
    [],
  ],
  [
    'a phone that does not ring, and so cannot answer',
    rung({ phone: 'rings', came: false }, { phone: 'answers', came: false }),
    ['phone-call call 1/phone rings fail pbx'],
  ],
  [
    'a phone that is left in a call that has ended',
    rung({ phone: 'rings', came: true }, { phone: 'is-released', came: false }),
    ['phone-call call 1/phone is-released fail pbx'],
  ],
]

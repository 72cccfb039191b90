import { describe, expect, test } from 'vitest'
import { judge } from '../../src/check/judge.ts'
import type { Side } from '../../src/core/finding.ts'
import { sampleContract } from '../support/catalogue.ts'
import { realCall } from '../support/real-call.ts'
import { allChecks } from './every-check.ts'

/** Rules of the RFCs, which hold whatever the provider; the rest compares with a profile that this call does not know. */
const rules = [
  'ack-arrives',
  'bye-answered',
  'codec-offered',
  'codec-shared',
  'contact-scope',
  'in-dialog-target',
  'payload-type-in-sdp',
  'ptime',
  'route-set',
  'to-echoed',
  'via-echoed',
  'via-rport',
]

const found = (sut: Side): readonly string[] =>
  judge(
    allChecks.filter(({ id }) => rules.includes(id)),
    { trace: realCall(sut), contract: sampleContract(), sut, breaks: [], outcomes: [] },
  )
    .filter(({ atFault }) => atFault !== 'harness')
    .map(({ check, subject, verdict }) => `${check} ${subject} ${verdict}`)

describe('a call between real programs', () => {
  test('Kamailio with baresip behind it keeps the rules', () => {
    expect(found('trunk')).toEqual([
      'bye-answered call 1/BYE 1 pass',
      'codec-offered call 1/INVITE 2 pass',
      'codec-shared call 1/INVITE 2 pass',
      'payload-type-in-sdp stream trunk>pbx 1 pass',
      'ptime stream trunk>pbx 1 pass',
      'to-echoed call 1/BYE 1 pass',
      'to-echoed call 1/INVITE 1 pass',
      'to-echoed call 1/INVITE 2 pass',
      'via-echoed call 1/BYE 1 pass',
      'via-echoed call 1/INVITE 1 pass',
      'via-echoed call 1/INVITE 2 pass',
    ])
  })
  test('SIPp keeps them too, but plays packets of 30 ms where 20 are asked for', () => {
    expect(found('pbx')).toEqual([
      'ack-arrives call 1/INVITE 1 pass',
      'ack-arrives call 1/INVITE 2 pass',
      'codec-offered call 1/INVITE 1 pass',
      'codec-offered call 1/INVITE 2 pass',
      'contact-scope call 1/INVITE 1 pass',
      'contact-scope call 1/INVITE 2 pass',
      'in-dialog-target call 1/ACK 1 pass',
      'in-dialog-target call 1/BYE 1 pass',
      'payload-type-in-sdp stream pbx>trunk 1 pass',
      'ptime stream pbx>trunk 1 warn',
      'route-set call 1/ACK 1 pass',
      'route-set call 1/BYE 1 pass',
      'via-rport call 1 pass',
    ])
  })
})

import { describe, expect, test } from 'vitest'
import { judge } from '../../src/check/judge.ts'
import { lost } from '../support/flow.ts'
import { type Played, callIn } from '../support/calls.ts'
import { allChecks } from './every-check.ts'

const acked = ({ evidence }: Played): readonly string[] =>
  judge(allChecks, evidence)
    .filter(({ check }) => check === 'ack-arrives')
    .map(({ verdict }) => verdict)

const withoutAck = (talkMs: number, copies: number): Played =>
  callIn({ sut: 'trunk', talkMs, bends: { ACK: lost }, again: { '200': copies } })

describe('an ACK that is not in the capture of a call that goes on', () => {
  test('is lost where the 200 was sent again (RFC 3261 §13.3.1.4), or where the call went on at once', () => {
    expect(acked(withoutAck(5000, 1))).toEqual(['fail'])
    expect(acked(withoutAck(200, 0))).toEqual(['fail'])
  })
  test('was missed by the tap where the 200 had to be sent again, and was not', () => {
    expect(acked(withoutAck(5000, 0))).toEqual(['inconclusive'])
  })
})

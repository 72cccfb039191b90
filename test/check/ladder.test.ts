import { describe, expect, test } from 'vitest'
import ladder from '../../src/check/checks/ladder.ts'
import numberFormat from '../../src/check/checks/number-format.ts'
import { judge } from '../../src/check/judge.ts'
import type { StepOutcome } from '../../src/core/outcome.ts'
import { setUri } from '../support/flow.ts'
import { type Played, callOut, ping } from '../support/calls.ts'
import { allChecks } from './every-check.ts'

const played = callOut({ sut: 'pbx', until: 'BYE' })

const outcome = (change: Partial<StepOutcome>): StepOutcome => ({
  step: 1,
  section: 'ladder',
  head: 'pbx -> trunk: INVITE',
  call: '1',
  status: 'met',
  frames: [1],
  timeMs: 0,
  ...change,
})

const told = (outcomes: readonly StepOutcome[], { evidence }: Played = played) =>
  judge([ladder, numberFormat], { ...evidence, outcomes }).filter(({ check }) => check === 'ladder')

describe('ladder', () => {
  test('passes where all steps are met, by their frames', () => {
    expect(
      told([
        outcome({ frames: [4] }),
        outcome({ step: 2, frames: [2] }),
        outcome({ step: 3, status: 'skipped', frames: [] }),
      ]),
    ).toMatchObject([{ subject: 'run', verdict: 'pass', frames: [2, 4], atFault: null }])
  })
  const mismatch = outcome({ status: 'mismatch', reason: 'step 1: expected BYE, got nothing', awaited: 'pbx' })
  test('fails at a mismatch, by the fault of the side that was awaited; what was not reached adds nothing', () => {
    expect(told([mismatch, outcome({ step: 2, status: 'not-reached', frames: [] })])).toMatchObject([
      { verdict: 'fail', atFault: 'pbx', actual: 'step 1: expected BYE, got nothing', frames: [1] },
    ])
  })
  test('is inconclusive where the mismatch was in the preamble', () => {
    expect(told([{ ...mismatch, section: 'setup' }])).toMatchObject([{ verdict: 'inconclusive' }])
  })
  test('does not mind the postamble', () => {
    expect(told([outcome({}), { ...mismatch, section: 'finally' }])).toMatchObject([{ verdict: 'pass' }])
  })
  test('is inconclusive where it was stopped', () => {
    expect(told([outcome({}), outcome({ step: 2, head: 'the next', status: 'not-reached' })])).toMatchObject([
      { verdict: 'inconclusive', actual: 'stopped before the next' },
    ])
  })
  test('is inconclusive where what was to move the system under test did not work, and says what to mend', () => {
    const reason = 'step 1: the stimulus command dial ended 1'
    const told_ = told([
      outcome({ status: 'not-reached', frames: [], reason, unmoved: 'stimulus.dial' }),
      outcome({ step: 2, status: 'not-reached', frames: [] }),
    ])
    expect(told_).toMatchObject([{ verdict: 'inconclusive', actual: reason, atFault: null, frames: [] }])
    expect(told_[0]?.advice).toContain('no fault of the pbx: mend stimulus.dial in trunkproof.yaml')
  })
  test('a step of ours that could not be done is an error of the harness', () => {
    expect(told([outcome({ status: 'error', reason: 'no credentials' })])).toMatchObject([
      { verdict: 'error', atFault: 'harness' },
    ])
  })
  test('says nothing where no ladder was played', () => {
    expect(told([])).toEqual([])
  })
  test('a mismatch in a call of which another check found the cause is because of that', () => {
    const bent = callOut({ sut: 'pbx', bends: { 'INVITE 1': setUri('sip:123@euc1.vp.sip.sinch.com') }, until: '401' })
    expect(told([mismatch], bent)).toMatchObject([{ verdict: 'inconclusive', actual: 'because of number-format' }])
  })
})

describe('sut-unreachable', () => {
  const found = (one: Played) => judge(allChecks, one.evidence).map(({ check, verdict }) => `${check} ${verdict}`)
  test('a refused port is one finding, and what rests on an answer is inconclusive', () => {
    expect(found(ping({ refused: true }))).toEqual(['options-answered inconclusive', 'sut-unreachable inconclusive'])
    const [, finding] = judge(allChecks, ping({ refused: true }).evidence)
    expect(finding).toMatchObject({
      atFault: 'undecided',
      actual: 'port unreachable at 18.184.175.4:5060',
      frames: [1, 2],
    })
  })
  test('an INVITE that is repeated into silence too', () => {
    const silent = callOut({ sut: 'trunk', until: '401', again: { 'INVITE 1': 6 } })
    const outcomes = [outcome({}), outcome({ step: 2, status: 'mismatch', frames: [], reason: 'got nothing' })]
    const findings = judge(allChecks, { ...silent.evidence, outcomes })
    expect(findings.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual([
      'ladder inconclusive',
      'sut-unreachable inconclusive',
    ])
    expect(findings[0]?.actual).toBe('because of sut-unreachable')
  })
  test('silence for less than two retransmissions says nothing', () => {
    expect(found(ping({ copies: 1 }))).toEqual(['options-answered inconclusive'])
  })
})

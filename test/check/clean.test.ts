import { describe, expect, test } from 'vitest'
import { judge } from '../../src/check/judge.ts'
import { callIn, callOut, ping } from '../support/calls.ts'
import { allChecks } from './every-check.ts'

const notPassed = (played: ReturnType<typeof callOut>) =>
  judge(allChecks, played.evidence).filter(({ verdict }) => verdict !== 'pass')

describe('a call that keeps all rules', () => {
  for (const [name, play] of [
    ['out', callOut],
    ['in', callIn],
  ] as const)
    for (const sut of ['pbx', 'trunk'] as const)
      test(`${name}, with the ${sut} under test, passes every check that judges it`, () => {
        expect(notPassed(play({ sut }))).toEqual([])
        expect(judge(allChecks, play({ sut }).evidence).length).toBeGreaterThan(10)
      })
  test('and so does an OPTIONS that is answered', () => {
    expect(notPassed(ping({ status: 200 }))).toEqual([])
  })
})

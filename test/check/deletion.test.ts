import { describe, expect, test } from 'vitest'
import { judge } from '../../src/check/judge.ts'
import { fold } from '../support/flow.ts'
import { type Played, callIn, callOut } from '../support/calls.ts'
import { allChecks } from './every-check.ts'

const without = ({ frames, evidence }: Played, number: number) => {
  const rest = frames.filter((frame) => frame.number !== number)
  return judge(allChecks, { ...evidence, trace: fold(rest, evidence.sut) })
}

describe('a frame that is deleted', () => {
  for (const [name, play] of [
    ['out', callOut],
    ['in', callIn],
  ] as const)
    for (const sut of ['pbx', 'trunk'] as const)
      test(`proves nothing any more, and never throws: a call ${name}, the ${sut} under test`, () => {
        const played = play({ sut, talkMs: 400 })
        for (const { number } of played.frames) {
          const passes = without(played, number).filter(({ verdict }) => verdict === 'pass')
          expect(passes.filter(({ frames }) => frames.includes(number))).toEqual([])
        }
      })
})

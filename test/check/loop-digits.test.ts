import { expect, test } from 'vitest'
import loopDigits from '../../src/check/checks/loop-digits.ts'
import { judge } from '../../src/check/judge.ts'
import { looped } from './loop-cases.ts'

const found = (options: Parameters<typeof looped>[0]) =>
  judge([loopDigits], looped(options).evidence).map(({ verdict, actual }) => [verdict, actual])

test('digits that arrive at the other end, all and in order, are proved', () => {
  expect(found({ digits: (same) => same })).toEqual([['pass', '12']])
})

test('where one end agreed on no telephone-event, it cannot be told whether digits come through', () => {
  expect(found({ digits: () => [], takesEvents: false })).toEqual([
    ['inconclusive', 'no telephone-event agreed on in call 2'],
  ])
})

test('a trunk of which trunkproof.yaml says that it takes no digits is not held to them', () => {
  expect(found({ digits: () => [], supports: { dtmf: false } })).toEqual([])
})

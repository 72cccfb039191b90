import { describe, expect, test } from 'vitest'
import { isSameSubscriber, isOfFormat, writeAs } from '../../src/profile/numbers.ts'

describe('ITU-T E.164: at most 15 digits that do not begin with 0', () => {
  test.each([
    ['+12345678900', true, false, true],
    ['12345678900', false, true, true],
    ['+123456789012345', true, false, true],
    ['+1234567890123456', false, false, false],
    ['+123456', false, false, false],
    ['0012345678900', false, false, false],
    ['+0123456789', false, false, false],
    ['++12345678900', false, false, false],
    ['+1234567890a', false, false, false],
    ['+1 2345678900', false, false, false],
    ['', false, false, false],
    ['alice', false, false, false],
  ])('%s: with plus %s, bare %s, either %s', (user, plus, bare, either) => {
    expect(isOfFormat('e164-plus', user)).toBe(plus)
    expect(isOfFormat('e164-bare', user)).toBe(bare)
    expect(isOfFormat('e164', user)).toBe(either)
  })
})

test('a number is written as the provider wants it', () => {
  expect(writeAs('e164-plus', '447700900000')).toBe('+447700900000')
  expect(writeAs('e164-plus', '+447700900000')).toBe('+447700900000')
  expect(writeAs('e164-bare', '+447700900000')).toBe('447700900000')
  expect(writeAs('e164', '+447700900000')).toBe('+447700900000')
  expect(writeAs('e164-plus', '00447700900000')).toBe('00447700900000')
})

test('a subscriber is told by the last seven digits, whatever a network puts before them; a short number by all of it', () => {
  for (const seen of ['+12025550142', '12025550142', '0012025550142', '5550142'])
    expect(isSameSubscriber(seen, '+12025550142'), seen).toBe(true)
  for (const seen of ['+12025550143', '550142', '100', ''])
    expect(isSameSubscriber(seen, '+12025550142'), seen).toBe(false)
  expect(isSameSubscriber('0042', '42')).toBe(false)
  expect(isSameSubscriber('42', '42')).toBe(true)
})

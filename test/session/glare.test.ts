import { expect, test } from 'vitest'
import { waitAfterGlare } from '../../src/session/glare.ts'

const least = () => '00000000'
const some = () => '9d3c1a70'
const most = () => 'ffffffff'

test('the owner of the Call-ID waits 2.1 to 4 s after a 491, the other side 0 to 2 s (RFC 3261 §14.1)', () => {
  const span = (owns: boolean) => [waitAfterGlare(owns, 500, least), waitAfterGlare(owns, 500, most)]
  expect(span(true)).toEqual([2100, 4000])
  expect(span(false)).toEqual([0, 2000])
})

test('the time is in units of 10 ms', () => {
  for (const owns of [true, false]) expect(waitAfterGlare(owns, 500, some) % 10).toBe(0)
})

test('the time scales with T1', () => {
  expect(waitAfterGlare(true, 100, least)).toBe(420)
  expect(waitAfterGlare(false, 100, most)).toBe(400)
})

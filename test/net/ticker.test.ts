import { expect, test } from 'vitest'
import { catchUpTicks, createTicker } from '../../src/net/ticker.ts'
import { createHandClock } from '../support/hand-clock.ts'

test('ticks at absolute deadlines, the first at once', () => {
  const { clock, advance } = createHandClock()
  const at: [number, number][] = []
  createTicker(clock).every(20, (n) => at.push([n, clock.nowMs()]))
  advance(60)
  expect(at).toEqual([
    [0, 0],
    [1, 20],
    [2, 40],
    [3, 60],
  ])
})

test('lateness does not add up', () => {
  const { clock, advance, stall } = createHandClock()
  const at: number[] = []
  createTicker(clock).every(20, () => at.push(clock.nowMs()))
  advance(0)
  for (let i = 0; i < 10; i++) {
    stall(23)
    advance(0)
  }
  advance(10)
  // 240 ms are 13 deadlines, however late each was met.
  expect(at).toHaveLength(13)
})

test('after a short stall all that was missed is made up', () => {
  const { clock, advance, stall } = createHandClock()
  const ticks: number[] = []
  createTicker(clock).every(20, (n) => ticks.push(n))
  advance(0)
  stall(20 * catchUpTicks)
  expect(ticks).toHaveLength(1 + catchUpTicks)
})

test('after a long stall no burst is longer than the bound, and the pace goes on from there', () => {
  const { clock, advance, stall } = createHandClock()
  const ticks: number[] = []
  createTicker(clock).every(20, (n) => ticks.push(n))
  advance(0)
  stall(10_000)
  expect(ticks).toEqual([0, 1, 2, 3, 4, 5])
  advance(19)
  expect(ticks).toHaveLength(6)
  advance(1)
  expect(ticks).toHaveLength(7)
})

test('one timer paces all streams, and none is armed while no one is registered', () => {
  const { clock, advance, armed } = createHandClock()
  const ticker = createTicker(clock)
  expect(armed()).toBe(0)
  let count = 0
  const disarms = [20, 30, 10].map((periodMs) => ticker.every(periodMs, () => count++))
  expect(armed()).toBe(1)
  advance(60)
  expect(count).toBe(4 + 3 + 7)
  expect(armed()).toBe(1)
  for (const disarm of disarms) disarm()
  expect(armed()).toBe(0)
  advance(100)
  expect(count).toBe(14)
})

test('a stream keeps the phase in which it began', () => {
  const { clock, advance } = createHandClock()
  const ticker = createTicker(clock)
  const at: string[] = []
  ticker.every(20, () => at.push(`a${clock.nowMs()}`))
  advance(7)
  ticker.every(20, () => at.push(`b${clock.nowMs()}`))
  advance(33)
  expect(at).toEqual(['a0', 'b7', 'a20', 'b27', 'a40'])
})

test('a stream may end itself or begin another from within its tick', () => {
  const { clock, advance, armed } = createHandClock()
  const ticker = createTicker(clock)
  const seen: string[] = []
  const disarm = ticker.every(20, (n) => {
    seen.push(`a${n}`)
    if (n < 2) return
    disarm()
    const end = ticker.every(5, () => {
      seen.push('b')
      end()
    })
  })
  advance(200)
  expect(seen).toEqual(['a0', 'a1', 'a2', 'b'])
  expect(armed()).toBe(0)
})

test('a period that is none is our own mistake', () => {
  const { clock } = createHandClock()
  for (const periodMs of [0, -20, NaN])
    expect(() => createTicker(clock).every(periodMs, () => undefined)).toThrow(RangeError)
})

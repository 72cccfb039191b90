import { expect, test } from 'vitest'
import { systemClock } from '../../src/net/clock.ts'
import { systemToken } from '../../src/net/entropy.ts'
import { openUdp } from '../../src/net/udp.ts'
import { createHandClock } from '../support/hand-clock.ts'

test('the clock begins at 0, never goes back and counts whole microseconds', () => {
  const clock = systemClock()
  let last = 0
  for (let i = 0; i < 1000; i++) {
    const nowMs = clock.nowMs()
    expect(nowMs).toBeGreaterThanOrEqual(last)
    expect(Math.round(nowMs * 1000) / 1000).toBe(nowMs)
    last = nowMs
  }
})

test('what is armed fires, in order of time, and what is disarmed does not', async () => {
  const clock = systemClock()
  const fired: string[] = []
  await new Promise<void>((resolve) => {
    clock.after(6, () => {
      fired.push('last')
      resolve()
    })
    clock.after(-5, () => fired.push('first'))
    const disarm = clock.after(1, () => fired.push('never'))
    disarm()
  })
  expect(fired).toEqual(['first', 'last'])
})

test('what arrived while the process was busy is read before a timer that fell due meanwhile fires', async () => {
  const clock = systemClock()
  const [sender, receiver] = await Promise.all([openUdp({ address: '127.0.0.1' }), openUdp({ address: '127.0.0.1' })])
  const order: string[] = []
  receiver.onDatagram(() => order.push('datagram'))
  await new Promise<void>((resolve) => setImmediate(resolve)) // timers are looked at next
  await new Promise<void>((resolve) => {
    clock.after(5, () => {
      order.push('timer')
      resolve()
    })
    sender.send(new Uint8Array([1]), receiver.local)
    for (const untilMs = clock.nowMs() + 20; clock.nowMs() < untilMs;);
  })
  await Promise.all([sender.close(), receiver.close()])
  expect(order).toEqual(['datagram', 'timer'])
})

test('a timer that is disarmed by one that fell due with it does not fire', async () => {
  const clock = systemClock()
  const fired: string[] = []
  await new Promise<void>((resolve) => {
    clock.after(1, () => {
      fired.push('first')
      disarm()
    })
    const disarm = clock.after(1, () => fired.push('second'))
    clock.after(10, resolve)
  })
  expect(fired).toEqual(['first'])
})

for (const [bits, digits] of [
  [32, 8],
  [96, 24],
  [4, 1],
  [61, 16],
] as const)
  test(`a token of ${bits} bits is ${digits} hexadecimal digits, another each time`, () => {
    const tokens = Array.from({ length: 3 }, () => systemToken(bits))
    for (const token of tokens) expect(token).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`))
    if (bits >= 32) expect(new Set(tokens).size).toBe(3)
  })

test('a clock moved by hand fires in order of time, then of arming, and what is armed meanwhile', () => {
  const { clock, advance, stall, armed } = createHandClock()
  const fired: string[] = []
  clock.after(20, () => fired.push(`b${clock.nowMs()}`))
  clock.after(20, () => fired.push(`c${clock.nowMs()}`))
  clock.after(10, () => {
    fired.push(`a${clock.nowMs()}`)
    clock.after(5, () => fired.push(`d${clock.nowMs()}`))
  })
  advance(20)
  expect(fired).toEqual(['a10', 'd15', 'b20', 'c20'])
  clock.after(5, () => fired.push(`late${clock.nowMs()}`))
  stall(50)
  expect(fired.at(-1)).toBe('late70')
  expect(armed()).toBe(0)
})

import { expect, test } from 'vitest'
import { createBench, short } from './bench.ts'

test('a flood of large requests takes no more than some memory, and is over with its transactions', async () => {
  const bench = createBench()
  const mallory = bench.puppet('192.0.2.1')
  const bob = await bench.party('192.0.2.2', (event, agent) => {
    if (event.type === 'request') agent.respond(event.tx, 200, { cause: 'step' })
  })
  const padding = 'x'.repeat(16_000)
  const ask = (number: number): void => {
    mallory.say(
      bob.local,
      'OPTIONS sip:bob@192.0.2.2 SIP/2.0',
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${number}`,
      'From: <sip:mallory@example.com>;tag=m',
      'To: <sip:bob@example.com>',
      `Call-ID: ${number}`,
      'CSeq: 1 OPTIONS',
      ...[1, 2, 3, 4].map((part) => `X-${part}: ${padding}`),
    )
    bench.advance(0)
  }
  const asked = 1500
  for (let number = 0; number < asked; number += 1) ask(number)
  const turnedAway = bob.events.filter(({ type }) => type === 'malformed')
  expect(turnedAway[0]).toMatchObject({ fault: { rule: 'transaction.too-many' } })
  expect(mallory.heard).toHaveLength(asked - turnedAway.length)
  bench.advance(64_000)
  ask(asked)
  expect(mallory.heard.slice(asked - turnedAway.length).map(short)).toEqual(['200 OPTIONS'])
})

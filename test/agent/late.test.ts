import { expect, test } from 'vitest'
import type { UserAgent, UserAgentEvent } from '../../src/agent/user-agent.ts'
import { callTo, createBench, replyTo, short, valueOf } from './bench.ts'

const uac = { address: '192.0.2.1', port: 5060 }
const uas = { address: '192.0.2.2', port: 5060 }

const lines = (method: string, branch: string, seq: number, to = ''): readonly string[] => [
  `${method} sip:bob@192.0.2.2 SIP/2.0`,
  `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${branch}`,
  'From: <sip:puppet@example.com>;tag=p',
  `To: <sip:bob@example.com>${to === '' ? '' : `;tag=${to}`}`,
  'Call-ID: a',
  `CSeq: ${seq} ${method}`,
  'Contact: <sip:puppet@192.0.2.1>',
]

const accepting = (event: UserAgentEvent, agent: UserAgent): void => {
  if (event.type === 'request') agent.respond(event.tx, 200, { cause: 'step' })
}

test('an ACK that a BYE overtook ends the copies of the 2xx, and is told (RFC 5407 §3.1.6)', async () => {
  const bench = createBench()
  const puppet = bench.puppet('192.0.2.1')
  const bob = await bench.party(uas.address, accepting)
  const say = (...request: readonly string[]): void => {
    puppet.say(uas, ...request)
    bench.advance(0)
  }
  say(...lines('INVITE', 'invite', 1))
  const to = valueOf(puppet.heard[0], 'To').split(';tag=')[1] ?? ''
  say(...lines('BYE', 'bye', 2, to))
  say(...lines('ACK', 'ack', 1, to))
  bench.advance(100_000)
  expect(puppet.heard.map(short)).toEqual(['200 INVITE', '200 BYE'])
  expect(bob.events.map(({ type }) => type)).toEqual(['request', 'request', 'ack'])
  expect(bob.agent.openCalls()).toEqual([])
})

test('so does one to a re-INVITE in a call that we began', async () => {
  const bench = createBench()
  const puppet = bench.puppet('192.0.2.2', (message, self) => {
    if (message.kind === 'request' && message.method === 'INVITE')
      self.say(uac, ...replyTo(message, 200, 'b', 'Contact: <sip:192.0.2.2>'))
  })
  const alice = await bench.party(uac.address, accepting)
  alice.agent.request(callTo(uas))
  bench.advance(0)
  const invite = puppet.heard[0]
  const within = (method: string, branch: string, seq: number): void => {
    puppet.say(
      uac,
      `${method} sip:alice@192.0.2.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK${branch}`,
      `From: ${valueOf(invite, 'To')};tag=b`,
      `To: ${valueOf(invite, 'From')}`,
      `Call-ID: ${valueOf(invite, 'Call-ID')}`,
      `CSeq: ${seq} ${method}`,
      'Contact: <sip:192.0.2.2>',
    )
    bench.advance(0)
  }
  within('INVITE', 're', 7)
  within('BYE', 'bye', 8)
  within('ACK', 'ack', 7)
  bench.advance(100_000)
  expect(puppet.heard.map(short)).toEqual(['INVITE', 'ACK', '200 INVITE', '200 BYE'])
  expect(alice.events.map(({ type }) => type)).toEqual(['response', 'request', 'request', 'ack'])
})

test('an INVITE that was refused a while ago can go again, though its transaction is over', async () => {
  const bench = createBench()
  let attempts = 0
  const puppet = bench.puppet('192.0.2.2', (message, self) => {
    if (message.kind !== 'request' || message.method !== 'INVITE') return
    attempts += 1
    const status = attempts === 1 ? 401 : 200
    self.say(uac, ...replyTo(message, status, `b${attempts}`, 'Contact: <sip:192.0.2.2>'))
  })
  const alice = await bench.party(uac.address)
  const { tx, call } = alice.agent.request(callTo(uas))
  bench.advance(100_000)
  expect(alice.agent.call(call)).toBeUndefined()
  alice.agent.again(tx, { cause: 'step' })
  bench.advance(0)
  expect(puppet.heard.map(short)).toEqual(['INVITE', 'ACK', 'INVITE', 'ACK'])
  expect(valueOf(puppet.heard[2], 'CSeq')).toBe('2 INVITE')
  expect(alice.agent.call(call)?.phase).toBe('confirmed')
})

import { expect, test } from 'vitest'
import { fieldValue } from '../../src/sip/message.ts'
import { callTo, createBench, replyTo } from './bench.ts'

test.each([180, 200])(
  'a peer that answers with ever more To tags, %i each, takes up no more than some',
  async (status) => {
    const bench = createBench()
    const mallory = bench.puppet('192.0.2.2')
    const alice = await bench.party('192.0.2.1')
    alice.agent.request(callTo(mallory.local))
    bench.advance(0)
    const [invite] = mallory.heard
    if (invite?.kind !== 'request') throw new Error('no INVITE')
    for (let fork = 0; fork < 500; fork += 1) {
      mallory.say(alice.local, ...replyTo(invite, status, `t${fork}`, 'Contact: <sip:192.0.2.2>'))
      bench.advance(0)
    }
    const acknowledged = alice.sent.filter(({ what }) => what === 'ACK')
    expect(acknowledged).toHaveLength(status === 200 ? 32 : 0)
    expect(bench.armed()).toBeLessThan(100)
    // The call itself is not harmed.
    if (status === 180) mallory.say(alice.local, ...replyTo(invite, 200, 't499', 'Contact: <sip:192.0.2.2>'))
    bench.advance(0)
    const [call] = alice.agent.openCalls()
    expect(alice.agent.call(call ?? '')?.phase).toBe('confirmed')
    const first = alice.sent.find(({ what }) => what === 'ACK')
    expect(first && fieldValue(first.message, 'To')).toContain(status === 180 ? 'tag=t499' : 'tag=t0')
  },
)

test('the BYE to another fork is told where it is challenged, and goes again unheard otherwise', async () => {
  const bench = createBench()
  const bob = bench.puppet('192.0.2.2')
  const alice = await bench.party('192.0.2.1', (event, agent) => {
    const isAsked = event.type === 'response' && event.received.message.status === 407
    if (isAsked) agent.again(event.tx, { cause: 'credentials', fields: [['Proxy-Authorization', 'Digest a="b"']] })
  })
  alice.agent.request(callTo(bob.local))
  bench.advance(0)
  const [invite] = bob.heard
  if (invite?.kind !== 'request') throw new Error('no INVITE')
  for (const fork of ['first', 'second'])
    bob.say(alice.local, ...replyTo(invite, 200, fork, 'Contact: <sip:192.0.2.2>'))
  bench.advance(0)
  const answer = (status: number): void => {
    const bye = bob.heard.at(-1)
    if (bye?.kind !== 'request' || bye.method !== 'BYE') throw new Error('no BYE')
    bob.say(alice.local, ...replyTo(bye, status, 'x').map((line) => line.replace(';tag=x', '')))
    bench.advance(0)
  }
  answer(407)
  answer(200)
  expect(alice.lines().filter((line) => line.startsWith('BYE'))).toEqual([
    'BYE (duty: BYE to another fork)',
    'BYE (credentials)',
  ])
  const told = alice.events.map((event) => (event.type === 'response' ? event.received.message.status : event.type))
  expect(told).toEqual([200, 200, 407])
  expect(alice.agent.openCalls()).toHaveLength(1)
})

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

import { describe, expect, test } from 'vitest'
import { fieldsNamed } from '../../src/sip/message.ts'
import { callTo, createBench, replyTo, short, valueOf } from './bench.ts'

const contact = 'Contact: <sip:bob@192.0.2.2>'

describe('within a dialog', () => {
  const withPeer = async (
    more: readonly string[],
    looseContact?: (uri: string) => { address: string; port: number },
  ) => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind === 'request' && message.method === 'INVITE')
        self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, 200, 'b', ...more))
    })
    const alice = await bench.party('192.0.2.1', undefined, looseContact === undefined ? {} : { looseContact })
    const { call } = alice.agent.request(callTo(bob.local))
    bench.advance(0)
    return { bench, bob, alice, call }
  }

  test('there is none before a response makes it', async () => {
    const bench = createBench()
    const alice = await bench.party('192.0.2.1')
    const { call } = alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }))
    expect(alice.agent.within(call, 'BYE', { cause: 'step' })).toBeUndefined()
    expect(alice.agent.within('nothing', 'BYE', { cause: 'step' })).toBeUndefined()
  })

  test('requests count up, and go to the remote target', async () => {
    const { bench, bob, alice, call } = await withPeer([contact])
    alice.agent.within(call, 'UPDATE', { cause: 'step 4' })
    alice.agent.within(call, 'BYE', { cause: 'step 5' })
    bench.advance(0)
    expect(bob.heard.map((message) => valueOf(message, 'CSeq'))).toEqual(['1 INVITE', '1 ACK', '2 UPDATE', '3 BYE'])
    expect(bob.heard.slice(2).map((message) => fieldsNamed(message, 'Contact').length)).toEqual([1, 0])
  })

  test('a request leaves by the edge that its user names, and is answered there', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind !== 'request' || message.method === 'ACK') return
      const address = valueOf(message, 'Via').split(/[ :]/)[1] ?? ''
      self.say(
        { address, port: 5060 },
        ...replyTo(message, 200, 'b', contact).map((line) => line.replace(';tag=b;tag=b', ';tag=b')),
      )
    })
    const sockets = ['192.0.2.1', '192.0.2.9'].map((address) => bench.link.open(address, 5060))
    const alice = await bench.party('192.0.2.8', undefined, { sockets })
    const { call } = alice.agent.request(callTo(bob.local))
    bench.advance(0)
    alice.agent.within(call, 'BYE', { cause: 'step 3', edge: 2 })
    bench.advance(0)
    expect(bob.heard.map((message) => `${short(message)} ${valueOf(message, 'Via').split(/[ :]/)[1] ?? ''}`)).toEqual([
      'INVITE 192.0.2.1',
      'ACK 192.0.2.1',
      'BYE 192.0.2.9',
    ])
    expect(alice.agent.call(call)?.phase).toBe('ended')
  })

  test('a challenged request goes again in the dialog: CSeq + 1, its own branch, the same tags', async () => {
    const { bench, bob, alice, call } = await withPeer([contact])
    const sent = alice.agent.within(call, 'BYE', { cause: 'step 4' })
    bench.advance(0)
    const bye = bob.heard.at(-1)
    if (bye?.kind !== 'request' || sent === undefined) throw new Error('no BYE')
    bob.say(alice.local, ...replyTo(bye, 401, 'x').map((line) => line.replace(';tag=x', '')))
    bench.advance(0)
    expect(alice.agent.call(call)?.phase).toBe('confirmed')
    alice.agent.again(sent.tx, { cause: 'step 5', fields: [['Authorization', 'Digest a="b"']] })
    bench.advance(0)
    const again = bob.heard.at(-1)
    expect(valueOf(again, 'CSeq')).toBe('3 BYE')
    expect(valueOf(again, 'To')).toBe(valueOf(bye, 'To'))
    expect(valueOf(again, 'Via')).not.toBe(valueOf(bye, 'Via'))
    expect(valueOf(again, 'Authorization')).toBe('Digest a="b"')
  })

  test('a 481 says that the peer has lost it (§12.2.1.2)', async () => {
    const { bench, bob, alice, call } = await withPeer([contact])
    alice.agent.within(call, 'UPDATE', { cause: 'step 4' })
    bench.advance(0)
    const update = bob.heard.at(-1)
    if (update?.kind !== 'request') throw new Error('no UPDATE')
    bob.say(alice.local, ...replyTo(update, 481, 'x').map((line) => line.replace(';tag=x', '')))
    bench.advance(0)
    expect(alice.agent.call(call)?.phase).toBe('ended')
  })

  test('a Contact that is a name leads back to where the peer sends from', async () => {
    const { bob } = await withPeer(['Contact: <sip:bob@pbx.example.net>'])
    expect(bob.heard[1]?.startLine).toBe('ACK sip:bob@pbx.example.net SIP/2.0')
  })

  test('a Contact of another scope goes where the user of the agent says', async () => {
    const asked: string[] = []
    const { bob } = await withPeer(['Contact: <sip:bob@10.0.0.5:5070>'], (uri) => {
      asked.push(uri)
      return { address: '192.0.2.2', port: 5060 }
    })
    expect(asked).toEqual(['sip:bob@10.0.0.5:5070'])
    expect(bob.heard[1]?.startLine).toBe('ACK sip:bob@10.0.0.5:5070 SIP/2.0')
  })
})

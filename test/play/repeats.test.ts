import { describe, expect, test } from 'vitest'
import type { Side } from '../../src/core/finding.ts'
import { createCall } from '../../src/play/call.ts'
import { type Repeat, type Repeats, createRepeats } from '../../src/play/repeats.ts'
import type { Message, Request } from '../../src/sip/message.ts'
import { callTo, createBench, replyTo, valueOf } from '../agent/bench.ts'

const challenge = (realm: string, nonce: string, more = ''): string =>
  `Proxy-Authenticate: Digest realm="${realm}", nonce="${nonce}", qop="auth"${more}`

const contact = 'Contact: <sip:bob@192.0.2.2>'

type Answer = readonly [status: number, ...fields: readonly string[]]

/** A call that is up, and a far end that answers each further request as it is told to, then with 200. */
const callUp = async (answers: readonly Answer[], us: Side = 'pbx', password = 'secret') => {
  const bench = createBench()
  const left = [...answers]
  const bob = bench.puppet('192.0.2.2', (message, self) => {
    if (message.kind !== 'request' || message.method === 'ACK') return
    const isNew = !valueOf(message, 'To').includes('tag=')
    const [status, ...fields]: Answer = (isNew ? undefined : left.shift()) ?? [200, contact]
    const lines = replyTo(message, status, 'b', ...(isNew ? [contact] : fields))
    self.say(
      { address: '192.0.2.1', port: 5060 },
      ...(isNew ? lines : lines.map((line) => line.replace(/;tag=b$/, ''))),
    )
  })
  const told: Repeat[] = []
  const kept: number[] = []
  const played = createCall('1', 1)
  const held: { repeats?: Repeats } = {}
  const alice = await bench.party('192.0.2.1', (event) => {
    if (event.type !== 'response' || event.received.message.status < 200) return
    const { message } = event.received
    if (held.repeats?.follow(event.tx, event.call, played, message) !== true) kept.push(message.status)
  })
  let made = 0
  const token = (bits: number): string => (made += 1).toString(16).padStart(Math.ceil(bits / 4), '0')
  const repeats = createRepeats({
    ua: alice.agent,
    us,
    credentials: password === '' ? undefined : { username: 'alice', password },
    world: { clock: bench.clock, token },
    t1Ms: 500,
    onRepeat: (repeat) => told.push(repeat),
  })
  held.repeats = repeats
  const { call } = alice.agent.request(callTo(bob.local))
  bench.advance(0)
  kept.length = 0
  const send = (method: string): string => {
    const sent = alice.agent.within(call, method, { cause: 'step' })
    if (sent === undefined) throw new Error('no dialog')
    const again = () => ({ ok: true, value: { tx: send(method) } }) as const
    if (method === 'INVITE') repeats.reoffered(sent.tx, { undo: () => undefined, again })
    return sent.tx
  }
  const heard = (method: string): readonly Request[] =>
    bob.heard.filter((message: Message): message is Request => message.kind === 'request' && message.method === method)
  return { bench, bob, alice, repeats, call, played, told, kept, send, heard }
}

const credentialsIn = (request: Request | undefined): string => valueOf(request, 'Proxy-Authorization')

describe('a challenge within a call is answered', () => {
  test.each(['INVITE', 'BYE', 'UPDATE'])('to %s, with the next CSeq (RFC 3261 §22.1)', async (method) => {
    const { bench, told, kept, send, heard } = await callUp([[407, challenge('a', 'n1')]])
    const tx = send(method)
    bench.advance(0)
    const [first, second] = heard(method).slice(method === 'INVITE' ? 1 : 0)
    expect([credentialsIn(first), credentialsIn(second)]).toEqual(['', expect.stringContaining('nonce="n1"')])
    expect([valueOf(first, 'CSeq'), valueOf(second, 'CSeq')]).toEqual([`2 ${method}`, `3 ${method}`])
    expect(told.map(({ tx: of }) => of)).toEqual([tx])
    expect(kept).toEqual([200])
  })

  test('of a realm beside the first, and of a nonce that is stale', async () => {
    const answers: Answer[] = [
      [407, challenge('a', 'n1')],
      [407, challenge('b', 'n2')],
      [407, challenge('b', 'n3', ', stale=true')],
    ]
    const { bench, kept, send, heard } = await callUp(answers)
    send('BYE')
    bench.advance(0)
    expect(heard('BYE')).toHaveLength(4)
    expect(kept).toEqual([200])
  })

  test('once: credentials that were refused do not go again', async () => {
    const { bench, kept, send, heard, alice, call } = await callUp([
      [407, challenge('a', 'n1')],
      [407, challenge('a', 'n2')],
    ])
    send('BYE')
    bench.advance(0)
    expect(heard('BYE')).toHaveLength(2)
    expect(kept).toEqual([407])
    expect(alice.agent.call(call)?.phase).toBe('confirmed')
  })

  test('not where all of them are stale for ever', async () => {
    const endless = Array.from({ length: 50 }, (_, n): Answer => [407, challenge('a', `n${n}`, ', stale=true')])
    const { bench, kept, send, heard } = await callUp(endless)
    send('BYE')
    bench.advance(0)
    expect(heard('BYE')).toHaveLength(5)
    expect(kept).toEqual([407])
  })

  test('with a count that goes on where the nonce is the same in each request (RFC 7616 §3.4)', async () => {
    const { bench, send, heard } = await callUp([[407, challenge('a', 'n1')], [200], [407, challenge('a', 'n1')]])
    send('UPDATE')
    bench.advance(0)
    send('BYE')
    bench.advance(0)
    expect(credentialsIn(heard('UPDATE')[1])).toContain('nc=00000001')
    expect(credentialsIn(heard('BYE')[1])).toContain('nc=00000002')
  })

  test.each([
    ['a provider, which has none for a PBX', 'trunk', 'secret'],
    ['a PBX that has none', 'pbx', ''],
  ] as const)('but not by %s', async (_who, us, password) => {
    const { bench, kept, send, heard } = await callUp([[407, challenge('a', 'n1')]], us, password)
    send('BYE')
    bench.advance(0)
    expect(heard('BYE')).toHaveLength(1)
    expect(kept).toEqual([407])
  })
})

describe('a re-INVITE that is answered 491', () => {
  test('goes again after 2.1 to 4 s, for the call is ours (RFC 3261 §14.1)', async () => {
    const { bench, send, heard, kept, told, played } = await callUp([[491]])
    send('INVITE')
    bench.advance(2099)
    expect(heard('INVITE')).toHaveLength(2)
    expect(played.crossed).toBe(true)
    bench.advance(1901)
    expect(heard('INVITE')).toHaveLength(3)
    expect(kept).toEqual([200])
    const [waits, goes] = told
    expect(waits?.tx).toBe(waits?.by)
    expect([goes?.tx, goes?.by]).toEqual([waits?.tx, expect.not.stringMatching(`^${waits?.tx}$`)])
  })

  test('three times at most', async () => {
    const { bench, send, heard, kept } = await callUp(Array.from({ length: 9 }, (): Answer => [491]))
    send('INVITE')
    bench.advance(60_000)
    expect(heard('INVITE')).toHaveLength(5)
    expect(kept).toEqual([491])
  })

  test('does not go again once the ladder is over, or the call', async () => {
    const over = await callUp([[491]])
    over.send('INVITE')
    over.bench.advance(10)
    over.repeats.stop()
    over.bench.advance(60_000)
    expect(over.heard('INVITE')).toHaveLength(2)
    const ended = await callUp([[491]])
    ended.send('INVITE')
    ended.bench.advance(10)
    ended.send('BYE')
    ended.bench.advance(60_000)
    expect(ended.heard('INVITE')).toHaveLength(2)
  })

  test('and challenged by turns, is not sent for ever', async () => {
    const turns = Array.from({ length: 50 }, (_, n): Answer => (n % 2 === 0 ? [491] : [407, challenge('a', `n${n}`)]))
    const { bench, send, kept } = await callUp(turns)
    send('INVITE')
    bench.advance(600_000)
    expect(kept).toEqual([491])
  })

  test('and is then challenged, has its credentials, and may be met again', async () => {
    const { bench, send, heard, kept } = await callUp([[491], [407, challenge('a', 'n1')], [491]])
    send('INVITE')
    bench.advance(60_000)
    expect(heard('INVITE')).toHaveLength(5)
    expect(kept).toEqual([200])
  })
})

import { describe, expect, test } from 'vitest'
import type { UserAgentEvent } from '../../src/agent/user-agent.ts'
import { callTo, createBench, replyTo, valueOf } from './bench.ts'

const types = (events: readonly UserAgentEvent[]): readonly string[] =>
  events.map((event) => (event.type === 'response' ? `${event.received.message.status} ${event.method}` : event.type))

const contact = 'Contact: <sip:bob@192.0.2.2>'

describe('timeouts', () => {
  test('an INVITE without any answer: seven copies by timer A, then timer B (RFC 3261 §17.1.1.2)', async () => {
    const bench = createBench()
    const alice = await bench.party('192.0.2.1')
    const { call, tx } = alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }))
    bench.advance(31_999)
    expect(alice.sent.map(({ atMs }) => atMs)).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500])
    expect(alice.lines().slice(0, 2)).toEqual(['INVITE (step)', 'INVITE (retransmission of step)'])
    expect(alice.events).toEqual([])
    bench.advance(1)
    expect(alice.events).toEqual([{ type: 'timeout', tx, call, method: 'INVITE' }])
    expect(alice.agent.openCalls()).toEqual([])
    expect(bench.armed()).toBe(0)
  })

  test('OPTIONS without any answer: timer E up to T2, then timer F (§17.1.2.2)', async () => {
    const bench = createBench()
    const alice = await bench.party('192.0.2.1')
    alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }, { method: 'OPTIONS' }))
    bench.advance(32_000)
    expect(alice.sent.map(({ atMs }) => atMs)).toEqual([
      0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ])
    expect(types(alice.events)).toEqual(['timeout'])
    expect(bench.armed()).toBe(0)
  })

  test('T1 is an argument of the run', async () => {
    const bench = createBench()
    const alice = await bench.party('192.0.2.1', undefined, { timers: { t1Ms: 100, t2Ms: 800, t4Ms: 1000 } })
    alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }))
    bench.advance(6400)
    expect(types(alice.events)).toEqual(['timeout'])
  })

  test('a send that the system refuses is told for what waits for that peer, and for nothing else', async () => {
    const bench = createBench()
    const alice = await bench.party('192.0.2.1')
    const { tx } = alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }))
    alice.agent.request(callTo({ address: '192.0.2.3', port: 5060 }))
    alice.fail(Object.assign(new Error('send EHOSTUNREACH'), { address: '192.0.2.2', port: 5060 }))
    expect(alice.events).toMatchObject([{ type: 'unreachable', tx, reason: 'send EHOSTUNREACH' }])
  })
})

describe('a request outside of a dialog', () => {
  test('has the fields of RFC 3261 §8.1.1, and what its user says over and beside them', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2')
    const alice = await bench.party('192.0.2.1', undefined, { userAgent: 'trunkproof', contactUser: 'alice' })
    alice.agent.request(
      callTo(bob.local, {
        fields: [
          ['X-Account', '7'],
          ['max-forwards', '5'],
        ],
        lacking: ['Allow'],
        body: new Uint8Array([0x76]),
        contentType: 'application/sdp',
      }),
    )
    bench.advance(0)
    const [invite] = bob.heard
    expect(invite?.startLine).toBe('INVITE sip:bob@192.0.2.2 SIP/2.0')
    expect(invite?.fields.map(({ rawName, value }) => `${rawName}: ${value}`)).toEqual([
      expect.stringMatching(/^Via: SIP\/2\.0\/UDP 192\.0\.2\.1:5060;branch=z9hG4bK[0-9a-f]{24};rport$/),
      'max-forwards: 5',
      expect.stringMatching(/^From: <sip:alice@example\.com>;tag=[0-9a-f]{16}$/),
      'To: <sip:bob@example.com>',
      expect.stringMatching(/^Call-ID: [0-9a-f]{32}$/),
      'CSeq: 1 INVITE',
      'Contact: <sip:alice@192.0.2.1:5060>',
      'User-Agent: trunkproof',
      'Content-Type: application/sdp',
      'X-Account: 7',
      'Content-Length: 1',
    ])
  })

  test('names its IPv6 address in brackets (§25.1)', async () => {
    const bench = createBench()
    const bob = bench.puppet('2001:db8::2')
    const alice = await bench.party('2001:db8::1')
    alice.agent.request(callTo(bob.local, { requestUri: 'sip:[2001:db8::2]' }))
    bench.advance(0)
    expect(valueOf(bob.heard[0], 'Via')).toContain('SIP/2.0/UDP [2001:db8::1]:5060;')
    expect(valueOf(bob.heard[0], 'Contact')).toBe('<sip:[2001:db8::1]:5060>')
  })

  test.each([
    ['203.0.113.7', '203.0.113.7:5060'],
    ['203.0.113.7:5080', '203.0.113.7:5080'],
    ['[2001:db8::7]:5080', '[2001:db8::7]:5080'],
    ['2001:db8::7', '[2001:db8::7]:5060'],
    ['pbx.example.net', 'pbx.example.net:5060'],
  ])('is advertised as %s, and hears the answer to that', async (advertise, sentBy) => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind === 'request') self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, 200, 'b'))
    })
    const alice = await bench.party('192.0.2.1', undefined, { advertise })
    alice.agent.request(callTo(bob.local, { method: 'OPTIONS' }))
    bench.advance(0)
    expect(valueOf(bob.heard[0], 'Via')).toContain(`SIP/2.0/UDP ${sentBy};`)
    expect(types(alice.events)).toEqual(['200 OPTIONS'])
  })

  test('goes out in as many copies as asked for, and is repeated by its timers beside that', async () => {
    const bench = createBench()
    const alice = await bench.party('192.0.2.1')
    alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }, { copies: 2 }))
    bench.advance(500)
    expect(alice.lines()).toEqual(['INVITE (step)', 'INVITE (step)', 'INVITE (retransmission of step)'])
  })
})

describe('responses', () => {
  test('a sent-by that is not ours, and a second Via, are discarded and told (§18.1.2, §8.1.3.3)', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind !== 'request') return
      const reply = replyTo(message, 200, 'b')
      self.say(
        { address: '192.0.2.1', port: 5060 },
        ...reply.map((line) => line.replace('UDP 192.0.2.1', 'UDP 192.0.2.9')),
      )
      self.say({ address: '192.0.2.1', port: 5060 }, ...reply, 'Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1')
    })
    const alice = await bench.party('192.0.2.1')
    alice.agent.request(callTo(bob.local, { method: 'OPTIONS' }))
    bench.advance(0)
    expect(alice.events).toMatchObject([
      { type: 'malformed', fault: { rule: 'via.not-ours', cite: '3261 §18.1.2' } },
      { type: 'malformed', fault: { rule: 'via.not-ours' } },
    ])
  })

  test('one that belongs to nothing is dropped in silence (RFC 6026 §8.9)', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2')
    const alice = await bench.party('192.0.2.1')
    bob.say(alice.local, 'SIP/2.0 200 OK', 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnone', 'CSeq: 1 INVITE')
    bob.say(alice.local, '')
    bench.advance(0)
    expect(alice.events).toEqual([])
  })

  test('bytes that are no message are told', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2')
    const alice = await bench.party('192.0.2.1')
    bob.say(alice.local, 'GET / HTTP/1.1')
    bench.advance(0)
    expect(types(alice.events)).toEqual(['malformed'])
  })
})

describe('a 2xx to INVITE', () => {
  test('its copies get the ACK again, and are not told again (RFC 3261 §13.2.2.4)', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind !== 'request' || message.method !== 'INVITE') return
      for (let copies = 0; copies < 3; copies++)
        self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, 200, 'b', contact))
    })
    const alice = await bench.party('192.0.2.1')
    alice.agent.request(callTo(bob.local))
    bench.advance(0)
    expect(alice.lines()).toEqual([
      'INVITE (step)',
      'ACK (duty: ACK)',
      'ACK (retransmission of duty: ACK)',
      'ACK (retransmission of duty: ACK)',
    ])
    expect(types(alice.events)).toEqual(['200 INVITE'])
    const [invite, ack] = alice.sent
    expect(valueOf(ack?.message, 'Via')).not.toBe(valueOf(invite?.message, 'Via'))
    expect(new Set(bob.heard.slice(1).map((message) => valueOf(message, 'Via'))).size).toBe(1)
  })

  test('its ACK goes through the route set, with the credentials of the INVITE', async () => {
    const bench = createBench()
    const edge = bench.puppet('192.0.2.5')
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind === 'request')
        self.say(
          { address: '192.0.2.1', port: 5060 },
          ...replyTo(
            message,
            200,
            'b',
            'Contact: <sip:bob@192.0.2.2;did=F1a.2b>',
            'Record-Route: <sip:192.0.2.5;lr=on>',
          ),
        )
    })
    const alice = await bench.party('192.0.2.1')
    alice.agent.request(callTo(bob.local, { fields: [['Authorization', 'Digest username="a"']] }))
    bench.advance(0)
    const [ack] = edge.heard
    expect(ack?.startLine).toBe('ACK sip:bob@192.0.2.2;did=F1a.2b SIP/2.0')
    expect(valueOf(ack, 'Route')).toBe('<sip:192.0.2.5;lr=on>')
    expect(valueOf(ack, 'Authorization')).toBe('Digest username="a"')
    expect(valueOf(ack, 'CSeq')).toBe('1 ACK')
  })

  test('a second one of a fork is acknowledged and hung up, the first call stays', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind !== 'request') return
      const alice = { address: '192.0.2.1', port: 5060 }
      if (message.method === 'INVITE')
        for (const tag of ['b1', 'b2', 'b1']) self.say(alice, ...replyTo(message, 200, tag, contact))
      if (message.method === 'BYE')
        self.say(alice, ...replyTo(message, 200, 'x').map((line) => line.replace(';tag=x', '')))
    })
    const alice = await bench.party('192.0.2.1')
    const { call } = alice.agent.request(callTo(bob.local))
    bench.advance(0)
    expect(alice.lines()).toEqual([
      'INVITE (step)',
      'ACK (duty: ACK)',
      'ACK (duty: ACK)',
      'BYE (duty: BYE to another fork)',
      'ACK (retransmission of duty: ACK)',
    ])
    expect(bob.heard.slice(1).map((message) => valueOf(message, 'To').split('tag=')[1])).toEqual([
      'b1',
      'b2',
      'b2',
      'b1',
    ])
    expect(types(alice.events)).toEqual(['200 INVITE', '200 INVITE'])
    expect(alice.agent.call(call)).toMatchObject({ phase: 'confirmed', remoteTag: 'b1' })
  })

  test('without the duty there is no ACK; the user sends its own, with the answer in it (§13.2.1)', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind === 'request' && message.method === 'INVITE')
        self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, 200, 'b', contact))
    })
    const alice = await bench.party('192.0.2.1')
    const { call } = alice.agent.request(callTo(bob.local))
    alice.agent.duty(call, 'ack', false)
    bench.advance(0)
    expect(alice.lines()).toEqual(['INVITE (step)'])
    const body = new Uint8Array([0x76])
    const sent = alice.agent.within(call, 'ACK', { cause: 'step 3', body, contentType: 'application/sdp' })
    expect(sent && alice.agent.lastSent(sent.tx)).toMatchObject({ method: 'ACK', body })
    bench.advance(0)
    expect(alice.lines()).toEqual(['INVITE (step)', 'ACK (step 3)'])
    expect(bob.heard[1]).toMatchObject({ method: 'ACK', body })
  })
})

describe('CANCEL (RFC 3261 §9.1)', () => {
  test('waits for a provisional response', async () => {
    const bench = createBench()
    let ring = (): void => undefined
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind === 'request' && message.method === 'INVITE')
        ring = () => self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, 180, 'b', contact))
    })
    const alice = await bench.party('192.0.2.1')
    const { tx } = alice.agent.request(callTo(bob.local))
    bench.advance(0)
    const cancel = alice.agent.cancel(tx, { cause: 'step 2' })
    expect(alice.agent.cancel(tx, { cause: 'twice' })).toEqual(cancel)
    expect(alice.lines()).toEqual(['INVITE (step)'])
    ring()
    bench.advance(0)
    expect(alice.lines()).toEqual(['INVITE (step)', 'CANCEL (step 2)'])
    const [invite, sent] = bob.heard
    expect(valueOf(sent, 'Via')).toBe(valueOf(invite, 'Via'))
    expect(alice.agent.lastSent(cancel.tx)).toMatchObject({ method: 'CANCEL' })
  })

  test('after a final response there is nothing to cancel', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind === 'request' && message.method === 'INVITE')
        self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, 200, 'b', contact))
    })
    const alice = await bench.party('192.0.2.1')
    const { tx } = alice.agent.request(callTo(bob.local))
    bench.advance(0)
    alice.agent.cancel(tx, { cause: 'step 2' })
    expect(alice.lines()).toEqual(['INVITE (step)', 'ACK (duty: ACK)'])
  })

  test('64*T1 after it the INVITE is over even where no final response comes', async () => {
    const bench = createBench()
    const bob = bench.puppet('192.0.2.2', (message, self) => {
      if (message.kind !== 'request') return
      const status = message.method === 'INVITE' ? 180 : 200
      self.say({ address: '192.0.2.1', port: 5060 }, ...replyTo(message, status, 'b', contact))
    })
    const alice = await bench.party('192.0.2.1')
    const { tx, call } = alice.agent.request(callTo(bob.local))
    bench.advance(0)
    alice.agent.cancel(tx, { cause: 'step 2' })
    bench.advance(31_999)
    expect(alice.agent.openCalls()).toEqual([call])
    bench.advance(1)
    expect(types(alice.events)).toEqual(['180 INVITE', '200 CANCEL', 'timeout'])
    expect(alice.agent.openCalls()).toEqual([])
    expect(bench.armed()).toBe(0)
  })
})

test('the seam sees every message on its way out, copies too, and may give none', async () => {
  const bench = createBench()
  const seen: string[] = []
  const alice = await bench.party('192.0.2.1', undefined, {
    outgoing: (message) => {
      seen.push(message.startLine)
      return []
    },
  })
  alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }))
  bench.advance(500)
  expect(seen).toHaveLength(2)
  expect(alice.sent).toEqual([])
})

test('it is settled when it awaits no final response, and no ACK', async () => {
  const bench = createBench()
  const bob = await bench.party('192.0.2.2', (event, agent) => {
    if (event.type === 'request') agent.respond(event.tx, 200, { cause: 'step 2' })
  })
  const alice = await bench.party('192.0.2.1')
  const settled = () => [alice, bob].map(({ agent }) => agent.settled())
  expect(settled()).toEqual([true, true])
  const { call } = alice.agent.request(callTo(bob.local))
  alice.agent.duty(call, 'ack', false)
  expect(settled()).toEqual([false, true])
  bench.advance(0)
  expect(settled()).toEqual([true, false])
  alice.agent.within(call, 'ACK', { cause: 'step 3' })
  bench.advance(0)
  expect(settled()).toEqual([true, true])
})

test('raw bytes go out as they are, with their cause', async () => {
  const bench = createBench()
  const bob = bench.puppet('192.0.2.2')
  const alice = await bench.party('192.0.2.1', undefined, { outgoing: () => [] })
  alice.agent.raw(new TextEncoder().encode('OPTIONS sip:b SIP/2.0\r\n\r\n'), bob.local, 'step 7')
  bench.advance(0)
  expect(bob.heard).toHaveLength(1)
  expect(alice.lines()).toEqual(['OPTIONS (step 7)'])
})

test('closing disarms all timers and tells nothing more', async () => {
  const bench = createBench()
  const alice = await bench.party('192.0.2.1')
  alice.agent.request(callTo({ address: '192.0.2.2', port: 5060 }))
  bench.advance(0)
  await alice.agent.close()
  expect(bench.armed()).toBe(0)
  bench.advance(64_000)
  expect(alice.events).toEqual([])
})

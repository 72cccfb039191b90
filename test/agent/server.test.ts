import { describe, expect, test } from 'vitest'
import type { UserAgent, UserAgentEvent } from '../../src/agent/user-agent.ts'
import { type Message, fieldsNamed } from '../../src/sip/message.ts'
import { type Bench, type Puppet, callTo, createBench, short, valueOf } from './bench.ts'

const types = (events: readonly UserAgentEvent[]): readonly string[] =>
  events.map((event) => (event.type === 'response' ? `${event.received.message.status} ${event.method}` : event.type))

const uas = { address: '192.0.2.2', port: 5060 }

/** Lines of a request of a puppet at 192.0.2.1. */
const requestLines = (
  method: string,
  { branch = 'z9hG4bK1', to = '', seq = 1, callId = 'a', tag = 'p', more = [] as readonly string[] } = {},
): readonly string[] => [
  `${method} sip:bob@192.0.2.2 SIP/2.0`,
  `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
  `From: <sip:puppet@example.com>;tag=${tag}`,
  `To: <sip:bob@example.com>${to === '' ? '' : `;tag=${to}`}`,
  `Call-ID: ${callId}`,
  `CSeq: ${seq} ${method}`,
  'Contact: <sip:puppet@192.0.2.1>',
  ...more,
]

type Answer = (event: Extract<UserAgentEvent, { type: 'request' }>, agent: UserAgent) => void

const setUp = async (answer: Answer = () => undefined) => {
  const bench = createBench()
  const puppet = bench.puppet('192.0.2.1')
  const bob = await bench.party(uas.address, (event, agent) => {
    if (event.type === 'request') answer(event, agent)
  })
  const say = (...lines: readonly string[]): void => {
    puppet.say(uas, ...lines)
    bench.advance(0)
  }
  return { bench, puppet, bob, say }
}

const heard = (puppet: Puppet): readonly string[] => puppet.heard.map(short)
const toTagOf = (message: Message | undefined): string => valueOf(message, 'To').split(';tag=')[1] ?? ''

const answering =
  (...statuses: readonly number[]): Answer =>
  ({ tx }, agent) => {
    for (const status of statuses) agent.respond(tx, status, { cause: 'step' })
  }

/** A call that the puppet has up: the tag that the user agent gave it. */
const up = async (answer: Answer = answering(200)) => {
  const parts = await setUp(answer)
  parts.say(...requestLines('INVITE'))
  const to = toTagOf(parts.puppet.heard.at(-1))
  parts.say(...requestLines('ACK', { branch: 'z9hG4bK2', to }))
  return { ...parts, to }
}

describe('responses', () => {
  test('100 Trying 200 ms after an INVITE of which the user says nothing (RFC 3261 §17.2.1)', async () => {
    const { bench, bob, say } = await setUp()
    say(...requestLines('INVITE'))
    bench.advance(199)
    expect(bob.lines()).toEqual([])
    bench.advance(1)
    expect(bob.lines()).toEqual(['100 INVITE (duty: 100 Trying)'])
    expect(toTagOf(bob.sent[0]?.message)).toBe('')
  })

  test('to an INVITE: To tag, Record-Route, Contact and Allow where they belong (§8.2.6, §12.1.1, §13.3.1.4)', async () => {
    const { puppet, say } = await setUp(answering(180, 200))
    say(...requestLines('INVITE', { more: ['Record-Route: <sip:192.0.2.9;lr=on>'] }))
    const [ringing, okay] = puppet.heard
    expect(heard(puppet)).toEqual(['180 INVITE', '200 INVITE'])
    expect(toTagOf(ringing)).not.toBe('')
    expect(toTagOf(okay)).toBe(toTagOf(ringing))
    expect([ringing, okay].map((message) => valueOf(message, 'Record-Route'))).toEqual([
      '<sip:192.0.2.9;lr=on>',
      '<sip:192.0.2.9;lr=on>',
    ])
    expect([ringing, okay].map((message) => valueOf(message, 'Contact'))).toEqual([
      '<sip:192.0.2.2:5060>',
      '<sip:192.0.2.2:5060>',
    ])
    expect([ringing, okay].map((message) => valueOf(message, 'Allow'))).toEqual([
      '',
      'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE',
    ])
  })

  test('a refusal makes no dialog: no Contact, no Record-Route', async () => {
    const { puppet, bob, say } = await setUp(answering(486))
    say(...requestLines('INVITE', { more: ['Record-Route: <sip:192.0.2.9;lr>'] }))
    const [busy] = puppet.heard
    expect(busy && fieldsNamed(busy, 'Contact')).toEqual([])
    expect(valueOf(busy, 'Record-Route')).toBe('')
    expect(bob.agent.openCalls()).toEqual([])
  })

  test('to OPTIONS: what we can (§11.2)', async () => {
    const { puppet, say } = await setUp(answering(200))
    say(...requestLines('OPTIONS'))
    const [okay] = puppet.heard
    expect([valueOf(okay, 'Allow'), valueOf(okay, 'Accept'), okay && fieldsNamed(okay, 'Supported')[0]?.value]).toEqual(
      ['INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE', 'application/sdp', ''],
    )
  })

  test('copies of a request get the last response again, and are not told (§17.2.2)', async () => {
    const { bob, say } = await setUp(answering(200))
    for (let copies = 0; copies < 3; copies++) say(...requestLines('OPTIONS'))
    expect(types(bob.events)).toEqual(['request'])
    expect(bob.lines()).toEqual([
      '200 OPTIONS (step)',
      '200 OPTIONS (retransmission of step)',
      '200 OPTIONS (retransmission of step)',
    ])
  })

  test('what the user says over them, its reason among it', async () => {
    const { puppet, say } = await setUp(({ tx }, agent) => {
      agent.respond(tx, 403, { cause: 'step', reason: 'Not You', fields: [['Warning', '399 a "b"']], lacking: ['To'] })
      agent.respond(tx, 200, { cause: 'too late' })
      agent.respond('no such transaction', 200, { cause: 'never' })
    })
    say(...requestLines('OPTIONS'))
    expect(puppet.heard.map(({ startLine }) => startLine)).toEqual(['SIP/2.0 403 Not You'])
    expect(valueOf(puppet.heard[0], 'Warning')).toBe('399 a "b"')
    expect(puppet.heard[0] && fieldsNamed(puppet.heard[0], 'To')).toEqual([])
  })
})

describe('refused before the user hears of it', () => {
  test.each([
    ['PUBLISH', {}, '405 PUBLISH (duty: 405)', 'Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE'],
    ['BYE', { to: 'unknown' }, '481 BYE (duty: 481)', 'Allow', ''],
    ['INVITE', { more: ['Require: 100rel'] }, '420 INVITE (duty: 420)', 'Unsupported', '100rel'],
    ['INVITE', { more: ['From: second'], tag: '"' }, '400 INVITE (duty: 400)', 'Allow', ''],
    ['CANCEL', {}, '481 CANCEL (duty: 481)', 'Allow', ''],
  ])('%s with %j', async (method, options, line, name, value) => {
    const { puppet, bob, say } = await setUp()
    say(...requestLines(method, options))
    expect(bob.lines()).toEqual([line])
    expect(valueOf(puppet.heard[0], name)).toBe(value)
    expect(bob.events).toEqual([])
    expect(bob.agent.openCalls()).toEqual([])
  })

  test('an INVITE that came on two ways: 482 to the second (§8.2.2.2)', async () => {
    const { bob, say } = await setUp(answering(180))
    say(...requestLines('INVITE'))
    say(...requestLines('INVITE', { branch: 'z9hG4bK2' }))
    expect(bob.lines()).toEqual(['180 INVITE (step)', '482 INVITE (duty: 482)'])
    expect(bob.agent.openCalls()).toHaveLength(1)
  })

  test('a request in a dialog with a lower CSeq: 500 (§12.2.2)', async () => {
    const { bob, say, to } = await up()
    say(...requestLines('UPDATE', { branch: 'z9hG4bK3', to, seq: 5 }))
    say(...requestLines('UPDATE', { branch: 'z9hG4bK4', to, seq: 4 }))
    expect(bob.lines().slice(1)).toEqual(['200 UPDATE (step)', '500 UPDATE (duty: 500)'])
  })

  test('a second INVITE before the first is answered: 500 with Retry-After (§14.2)', async () => {
    const { bob, say, to } = await up(({ tx, inDialog }, agent) => {
      if (!inDialog) agent.respond(tx, 200, { cause: 'step' })
    })
    say(...requestLines('INVITE', { branch: 'z9hG4bK3', to, seq: 2 }))
    say(...requestLines('INVITE', { branch: 'z9hG4bK4', to, seq: 3 }))
    expect(bob.lines().slice(1)).toEqual(['500 INVITE (duty: 500)'])
    expect(valueOf(bob.sent[1]?.message, 'Retry-After')).toBe('1')
  })

  test('an INVITE while ours is open: 491 (§14.2)', async () => {
    const { bob, say, to } = await up()
    const [call = ''] = bob.agent.openCalls()
    bob.agent.within(call, 'INVITE', { cause: 'step 5' })
    say(...requestLines('INVITE', { branch: 'z9hG4bK3', to, seq: 2 }))
    expect(bob.lines().slice(1)).toEqual(['INVITE (step 5)', '491 INVITE (duty: 491)'])
  })

  test('an ACK for nothing gets no answer', async () => {
    const { bob, say } = await setUp()
    say(...requestLines('ACK', { to: 'unknown' }))
    expect(bob.lines()).toEqual([])
    expect(bob.events).toEqual([])
  })

  test('a request without Via or CSeq is told, and has no answer', async () => {
    const { bob, say } = await setUp()
    say('OPTIONS sip:bob@192.0.2.2 SIP/2.0', 'CSeq: 1 OPTIONS')
    say('OPTIONS sip:bob@192.0.2.2 SIP/2.0', 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1')
    expect(bob.events).toMatchObject([
      { type: 'malformed', fault: { rule: 'via.missing' } },
      { type: 'malformed', fault: { rule: 'cseq.missing' } },
    ])
    expect(bob.lines()).toEqual([])
  })
})

describe('a 2xx to INVITE (§13.3.1.4)', () => {
  const callBetween = async (bench: Bench) => {
    const bob = await bench.party('192.0.2.2', (event, agent) => {
      if (event.type === 'request') agent.respond(event.tx, 200, { cause: 'step 2' })
    })
    const alice = await bench.party('192.0.2.1')
    const { call } = alice.agent.request(callTo(bob.local))
    return { alice, bob, call }
  }

  test('where the ACK duty is off, it goes again until 64*T1: ack-missing', async () => {
    const bench = createBench()
    const { alice, bob, call } = await callBetween(bench)
    alice.agent.duty(call, 'ack', false)
    bench.advance(31_999)
    expect(bob.sent.map(({ atMs }) => atMs)).toEqual([
      0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ])
    expect(bob.lines().slice(0, 2)).toEqual(['200 INVITE (step 2)', '200 INVITE (retransmission of step 2)'])
    expect(types(bob.events)).toEqual(['request'])
    bench.advance(1)
    expect(types(bob.events)).toEqual(['request', 'ack-missing'])
    expect(alice.lines()).toEqual(['INVITE (step)'])
    expect(types(alice.events)).toEqual(['200 INVITE'])
    expect(bob.agent.openCalls()).toHaveLength(1)
  })

  test('where the ACK duty comes back, the next copy of the 2xx gets its ACK', async () => {
    const bench = createBench()
    const { alice, bob, call } = await callBetween(bench)
    alice.agent.duty(call, 'ack', false)
    bench.advance(0)
    alice.agent.duty(call, 'ack', true)
    bench.advance(10_000)
    expect(alice.lines()).toEqual(['INVITE (step)', 'ACK (duty: ACK)'])
    expect(types(bob.events)).toEqual(['request', 'ack'])
    expect(bob.sent).toHaveLength(2)
  })

  test('a lost ACK: the 2xx goes again, the ACK goes again, it is told once', async () => {
    const bench = createBench()
    let lost = 0
    const { alice, bob } = await callBetween(bench)
    bench.link.loses = (bytes) => String.fromCharCode(...bytes.subarray(0, 4)) === 'ACK ' && (lost += 1) === 1
    bench.advance(20_000)
    expect(alice.lines()).toEqual(['INVITE (step)', 'ACK (duty: ACK)', 'ACK (retransmission of duty: ACK)'])
    expect(bob.sent.map(({ atMs }) => atMs)).toEqual([0, 500])
    expect(types(bob.events)).toEqual(['request', 'ack'])
  })

  test('where the duty of retransmission is off, it goes once', async () => {
    const bench = createBench()
    const { alice, bob, call } = await callBetween(bench)
    alice.agent.duty(call, 'ack', false)
    bench.advance(0)
    const [name = ''] = bob.agent.openCalls()
    bob.agent.duty(name, 'retransmit-2xx', false)
    bench.advance(32_000)
    expect(bob.sent).toHaveLength(1)
    expect(types(bob.events)).toEqual(['request', 'ack-missing'])
  })
})

test('a refusal without an ACK: timers G and H, then ack-missing (§17.2.1)', async () => {
  const { bench, bob, say } = await setUp(answering(486))
  say(...requestLines('INVITE'))
  bench.advance(32_000)
  expect(bob.sent.map(({ atMs }) => atMs)).toEqual([
    0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
  ])
  expect(types(bob.events)).toEqual(['request', 'ack-missing'])
  expect(bench.armed()).toBe(0)
})

test('INVITE again after a refusal is the same call (§22.2)', async () => {
  const calls: string[] = []
  const { puppet, bob, say } = await setUp(({ tx, call }, agent) => {
    agent.respond(tx, calls.push(call) === 1 ? 407 : 200, { cause: 'step' })
  })
  say(...requestLines('INVITE'))
  say(...requestLines('ACK', { to: toTagOf(puppet.heard[0]) }))
  expect(bob.agent.openCalls()).toEqual([])
  say(...requestLines('INVITE', { branch: 'z9hG4bK2', seq: 2 }))
  expect(new Set(calls).size).toBe(1)
  expect(bob.agent.openCalls()).toEqual([calls[0]])
  expect(types(bob.events)).toEqual(['request', 'request'])
})

describe('CANCEL (§9.2)', () => {
  test('of a ringing INVITE: 200, 487, and the user is told', async () => {
    const { puppet, bob, say } = await setUp(answering(180))
    say(...requestLines('INVITE'))
    expect(bob.agent.pending(bob.agent.openCalls()[0] ?? '')).toHaveLength(1)
    say(...requestLines('CANCEL'))
    say(...requestLines('ACK', { to: toTagOf(puppet.heard[0]) }))
    expect(bob.lines()).toEqual(['180 INVITE (step)', '200 CANCEL (duty: 200 to CANCEL)', '487 INVITE (duty: 487)'])
    expect(new Set(puppet.heard.map(toTagOf)).size).toBe(1)
    expect(types(bob.events)).toEqual(['request', 'cancelled'])
    expect(bob.agent.openCalls()).toEqual([])
  })

  test('a copy of it gets its 200 again and nothing else', async () => {
    const { bob, say } = await setUp(answering(180))
    say(...requestLines('INVITE'))
    say(...requestLines('CANCEL'))
    say(...requestLines('CANCEL'))
    expect(bob.lines().slice(3)).toEqual(['200 CANCEL (retransmission of duty: 200 to CANCEL)'])
    expect(types(bob.events)).toEqual(['request', 'cancelled'])
  })

  test('of an INVITE that has its final response: 200, and no more', async () => {
    const { bob, say } = await setUp(answering(200))
    say(...requestLines('INVITE'))
    say(...requestLines('CANCEL'))
    expect(bob.lines()).toEqual(['200 INVITE (step)', '200 CANCEL (duty: 200 to CANCEL)'])
    expect(types(bob.events)).toEqual(['request'])
  })

  test('between two user agents: both calls are over, and no timer is left', async () => {
    const bench = createBench()
    const bob = await bench.party('192.0.2.2', (event, agent) => {
      if (event.type === 'request') agent.respond(event.tx, 180, { cause: 'step 2' })
    })
    const alice = await bench.party('192.0.2.1', (event, agent) => {
      if (event.type === 'response' && event.received.message.status === 180)
        agent.cancel(event.tx, { cause: 'step 3' })
    })
    alice.agent.request(callTo(bob.local))
    bench.advance(100)
    expect(types(alice.events)).toEqual(['180 INVITE', '200 CANCEL', '487 INVITE'])
    expect(alice.lines()).toEqual(['INVITE (step)', 'CANCEL (step 3)', 'ACK (duty: ACK)'])
    expect([alice, bob].flatMap(({ agent }) => agent.openCalls())).toEqual([])
    bench.advance(64_000)
    expect(bench.armed()).toBe(0)
  })
})

describe('within a dialog', () => {
  test('a re-INVITE refreshes the target, its 2xx has an ACK of its own, BYE ends the call', async () => {
    const { bench, puppet, bob, say, to } = await up()
    const elsewhere = bench.puppet('192.0.2.77')
    say(
      ...requestLines('INVITE', { branch: 'z9hG4bK3', to, seq: 2 }).map((line) =>
        line.replace('puppet@192.0.2.1', 'puppet@192.0.2.77'),
      ),
    )
    say(...requestLines('ACK', { branch: 'z9hG4bK4', to, seq: 2 }))
    expect(types(bob.events)).toEqual(['request', 'ack', 'request', 'ack'])
    expect(bob.events[2]).toMatchObject({ inDialog: true })
    const [call = ''] = bob.agent.openCalls()
    bob.agent.within(call, 'UPDATE', { cause: 'step 6' })
    bench.advance(0)
    expect(elsewhere.heard.map(({ startLine }) => startLine)).toEqual(['UPDATE sip:puppet@192.0.2.77 SIP/2.0'])
    say(...requestLines('BYE', { branch: 'z9hG4bK5', to, seq: 3 }))
    expect(heard(puppet).at(-1)).toBe('200 BYE')
    expect(bob.agent.openCalls()).toEqual([])
    say(...requestLines('BYE', { branch: 'z9hG4bK6', to, seq: 4 }))
    expect(heard(puppet).at(-1)).toBe('481 BYE')
  })

  test('a re-INVITE that is refused changes nothing (§14.1)', async () => {
    const { bench, puppet, bob, say, to } = await up(({ tx, inDialog }, agent) => {
      agent.respond(tx, inDialog ? 488 : 200, { cause: 'step' })
    })
    say(
      ...requestLines('INVITE', { branch: 'z9hG4bK3', to, seq: 2 }).map((line) =>
        line.replace('puppet@192.0.2.1', 'puppet@192.0.2.77'),
      ),
    )
    const [call = ''] = bob.agent.openCalls()
    expect(bob.agent.call(call)).toMatchObject({ phase: 'confirmed', remoteTarget: 'sip:puppet@192.0.2.1' })
    bob.agent.within(call, 'BYE', { cause: 'step 6' })
    bench.advance(0)
    expect(heard(puppet).at(-1)).toBe('BYE')
  })

  test('what its user may know of the call', async () => {
    const { bob, to } = await up()
    const [call = ''] = bob.agent.openCalls()
    expect(bob.agent.call(call)).toEqual({
      callId: 'a',
      role: 'uas',
      phase: 'confirmed',
      localTag: to,
      remoteTag: 'p',
      remoteTarget: 'sip:puppet@192.0.2.1',
      routeSet: [],
    })
    expect(bob.agent.call('none')).toBeUndefined()
  })
})

test('a call that is over is forgotten with its last transaction', async () => {
  const { bench, bob, say, to } = await up()
  const [call = ''] = bob.agent.openCalls()
  say(...requestLines('BYE', { branch: 'z9hG4bK5', to, seq: 2 }))
  expect(bob.agent.call(call)?.phase).toBe('ended')
  bench.advance(64_000)
  expect([bob.agent.call(call), bench.armed()]).toEqual([undefined, 0])
})

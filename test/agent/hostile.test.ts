import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserAgent } from '../../src/agent/user-agent.ts'
import { callTo, createBench, replyTo } from './bench.ts'

/** Requests and responses that a user agent acts on, with places where a stranger may write anything. */
const method = fc.constantFrom('INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'FOO', 'invite')
const uri = fc.constantFrom('sip:a@192.0.2.1', 'sip:[::1]:0', 'tel:1', '<>', '*', '"', 'sip:a?b=%', ';lr', '')
const noise = fc.oneof(uri, fc.string({ unit: 'binary-ascii', maxLength: 12 }), fc.constant(',"<;='))
const line = (name: string, value: fc.Arbitrary<string>) =>
  value.map((text) => `${name}: ${text.replace(/[\r\n]/g, '')}`)

const fields = fc.tuple(
  line('Via', fc.oneof(fc.constant('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport'), noise)),
  line('From', fc.oneof(fc.constant('<sip:a>;tag=1'), noise)),
  line('To', fc.oneof(fc.constantFrom('<sip:b>', '<sip:b>;tag=2', 'sip:b;tag'), noise)),
  line('Call-ID', fc.constantFrom('a', 'b', '')),
  line('Contact', fc.oneof(fc.constantFrom('<sip:a@192.0.2.1>', '*'), noise)),
  line('Record-Route', fc.oneof(fc.constantFrom('<sip:192.0.2.1;lr>', '<sip:192.0.2.1>,,'), noise)),
  line('Require', fc.constantFrom('', '100rel')),
  line('Authorization', noise),
)
const request = fc
  .tuple(method, uri, fc.integer({ min: -1, max: 3 }), fields)
  .map(([name, target, seq, rest]) => [`${name} ${target} SIP/2.0`, `CSeq: ${seq} ${name}`, ...rest])

const answer = ({
  agent,
  tx,
  call,
}: {
  readonly agent: UserAgent
  readonly tx: string
  readonly call: string
}): void => {
  agent.respond(tx, 180, { cause: 'step' })
  agent.respond(tx, 200, { cause: 'step' })
  agent.within(call, 'UPDATE', { cause: 'step' })
}

test('no request of a stranger throws, whatever its fields say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 8 }), async (requests) => {
      const bench = createBench()
      const mallory = bench.link.open('192.0.2.1', 5060)
      const bob = await bench.party('192.0.2.2', (event, agent) => {
        if (event.type === 'request') answer({ agent, tx: event.tx, call: event.call })
      })
      for (const lines of requests) {
        mallory.send(new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`), bob.local)
        bench.advance(10)
      }
      bench.advance(100_000)
      expect(bob.sent.every(({ cause }) => cause !== 'NONE' && cause !== '')).toBe(true)
      expect(bench.armed()).toBe(0)
    }),
    { numRuns: 200 },
  )
})

test('no response of a stranger throws, whatever its fields say', async () => {
  const reply = fc.tuple(
    fc.constantFrom(100, 180, 200, 302, 401, 481, 699),
    noise.map((text) => text.replace(/[\r\n]/g, '')),
    fields.map((all) => all.slice(4)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(reply, { maxLength: 6 }), async (replies) => {
      const bench = createBench()
      const alice = await bench.party('192.0.2.1', (event, agent) => {
        if (event.type === 'response') agent.within(event.call, 'BYE', { cause: 'step' })
      })
      const mallory = bench.puppet('192.0.2.2')
      alice.agent.request(callTo(mallory.local))
      bench.advance(0)
      const [invite] = mallory.heard
      if (invite?.kind !== 'request') throw new Error('no INVITE')
      for (const [status, tag, more] of replies) {
        mallory.say(alice.local, ...replyTo(invite, status, tag, ...more))
        bench.advance(10)
      }
      bench.advance(200_000)
      expect(alice.sent.every(({ cause }) => cause !== 'NONE' && cause !== '')).toBe(true)
    }),
    { numRuns: 200 },
  )
})

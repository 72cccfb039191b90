import { afterEach, expect, test } from 'vitest'
import { createUserAgent } from '../../src/agent/create-user-agent.ts'
import type { Recorder, UserAgent, UserAgentEvent, UserAgentOptions } from '../../src/agent/user-agent.ts'
import { systemClock } from '../../src/net/clock.ts'
import { systemToken } from '../../src/net/entropy.ts'
import { openUdp } from '../../src/net/udp.ts'
import { createAuthenticator } from '../../src/session/authenticate.ts'
import { retryFields } from '../../src/session/challenge.ts'
import { timersOf } from '../../src/session/timers.ts'
import { type Message, fieldValue } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'

const world = { clock: systemClock(), token: systemToken }
const credentials = { username: 'alice', password: 'wonderland' }
const opened: UserAgent[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((agent) => agent.close()))
})

type Party = {
  readonly agent: UserAgent
  /** `>` sent, `<` received, then start-line or method and status; causes of what was sent. */
  readonly wire: string[]
  readonly causes: string[]
}

const short = (message: Message): string =>
  message.kind === 'request' ? message.method : `${message.status} ${fieldValue(message, 'CSeq')?.split(' ')[1] ?? ''}`

const open = async (
  onEvent: (event: UserAgentEvent, agent: UserAgent) => void,
  address = '127.0.0.1',
  more: Partial<UserAgentOptions> = {},
): Promise<Party> => {
  const wire: string[] = []
  const causes: string[] = []
  let frames = 0
  const record: Recorder = (draft, cause) => {
    const message = parseMessage(draft.bytes)
    wire.push(`${draft.tap === 'sent' ? '>' : '<'} ${message.ok ? short(message.value) : '?'}`)
    if (draft.tap === 'sent') causes.push(cause ?? 'NONE')
    return { number: (frames += 1), timeMs: world.clock.nowMs() }
  }
  const socket = await openUdp({ address, loopbackOnly: true })
  const agent: UserAgent = await createUserAgent({
    world,
    sockets: [socket],
    timers: timersOf(500),
    record,
    onEvent: (event) => onEvent(event, agent),
    allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'],
    ...more,
  })
  opened.push(agent)
  return { agent, wire, causes }
}

const signal = () => {
  let fire = (): void => undefined
  const fired = new Promise<void>((resolve) => (fire = resolve))
  return { fired, fire: () => fire() }
}

const destinationOf = ({ agent }: Party) => agent.edges[0]!

test.each(['127.0.0.1', '::1'])('a call over %s: INVITE, 180, 200, ACK, BYE, 200', async (address) => {
  const ended = signal()
  const callee = await open((event, agent) => {
    if (event.type === 'request' && event.received.message.method === 'INVITE') {
      agent.respond(event.tx, 180, { cause: 'step 2' })
      agent.respond(event.tx, 200, { cause: 'step 3' })
    }
    if (event.type === 'ack') agent.within(event.call, 'BYE', { cause: 'step 4' })
    if (event.type === 'response') ended.fire()
  }, address)
  const caller = await open((event, agent) => {
    if (event.type === 'request') agent.respond(event.tx, 200, { cause: 'step 5' })
  }, address)
  const host = address.includes(':') ? `[${address}]` : address
  const { call } = caller.agent.request({
    method: 'INVITE',
    requestUri: `sip:bob@${host}:${destinationOf(callee).port}`,
    from: `<sip:alice@${host}>`,
    to: `<sip:bob@${host}>`,
    destination: destinationOf(callee),
    cause: 'step 1',
  })
  expect(caller.agent.openCalls()).toEqual([call])
  await ended.fired
  expect(caller.wire).toEqual(['> INVITE', '< 180 INVITE', '< 200 INVITE', '> ACK', '< BYE', '> 200 BYE'])
  expect(caller.causes).toEqual(['step 1', 'duty: ACK', 'step 5'])
  expect(callee.causes).toEqual(['step 2', 'step 3', 'step 4'])
  expect(caller.agent.openCalls()).toEqual([])
  expect(callee.agent.openCalls()).toEqual([])
})

test('a challenged INVITE goes again with credentials, CSeq + 1 and the same Call-ID and From tag (RFC 3261 §22.2)', async () => {
  const authenticator = createAuthenticator({
    realm: 'sip.example.net',
    challenge: 407,
    algorithms: ['SHA-256', 'MD5'],
    world,
    nonceLifeMs: 60_000,
  })
  const verdicts: string[] = []
  const calls: string[] = []
  const answered = signal()
  const callee = await open((event, agent) => {
    if (event.type !== 'request') return
    const verdict = authenticator.check(event.received.message, credentials)
    verdicts.push(verdict)
    calls.push(event.call)
    if (verdict === 'right') agent.respond(event.tx, 200, { cause: 'step' })
    else agent.respond(event.tx, 407, { cause: 'step', fields: authenticator.challengeFields(verdict === 'stale') })
  })
  const caller = await open((event, agent) => {
    if (event.type !== 'response' || event.method !== 'INVITE') return
    const response = event.received.message
    const request = agent.lastSent(event.tx)
    if (response.status === 200) answered.fire()
    if (response.status !== 407 || request?.kind !== 'request') return
    const fields = retryFields(response, request, credentials, { cnonce: world.token(64), nc: 1 })
    if (fields.ok) agent.again(event.tx, { cause: 'step', fields: fields.value })
  })
  const { call } = caller.agent.request({
    method: 'INVITE',
    requestUri: 'sip:+12025550100@sip.example.net',
    from: 'sip:+12025550101@sip.example.net',
    to: 'sip:+12025550100@sip.example.net',
    destination: destinationOf(callee),
    cause: 'step',
  })
  await answered.fired
  expect(verdicts).toEqual(['none', 'right'])
  expect(new Set(calls).size).toBe(1)
  expect(caller.wire).toEqual(['> INVITE', '< 407 INVITE', '> ACK', '> INVITE', '< 200 INVITE', '> ACK'])
  expect(caller.agent.call(call)?.phase).toBe('confirmed')
})

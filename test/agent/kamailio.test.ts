import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Endpoint } from '../../src/core/frame.ts'
import { createUserAgent } from '../../src/agent/create-user-agent.ts'
import type { UserAgent, UserAgentEvent } from '../../src/agent/user-agent.ts'
import { systemClock } from '../../src/net/clock.ts'
import { systemToken } from '../../src/net/entropy.ts'
import { openUdp } from '../../src/net/udp.ts'
import { retryFields } from '../../src/session/challenge.ts'
import { timersOf } from '../../src/session/timers.ts'
import { fieldValue } from '../../src/sip/message.ts'
import { type Peer, startKamailio } from '../support/peers.ts'
import { freePorts } from '../support/ports.ts'
import { lacking } from '../support/programs.ts'

const world = { clock: systemClock(), token: systemToken }
type Listener = (event: UserAgentEvent, agent: UserAgent) => void

const open = async (port: number, onEvent: Listener): Promise<UserAgent> => {
  const socket = await openUdp({ address: '127.0.0.1', port, loopbackOnly: true })
  const agent: UserAgent = await createUserAgent({
    world,
    sockets: [socket],
    timers: timersOf(500),
    onEvent: (event) => onEvent(event, agent),
    allow: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'],
  })
  return agent
}

/** Resolves with what `fire` is given first. */
const outcome = <T>() => {
  const waiting: ((value: T) => void)[] = []
  const fired = new Promise<T>((resolve) => void waiting.push(resolve))
  return { fired, fire: (value: T) => waiting.forEach((resolve) => resolve(value)) }
}

describe.skipIf(lacking('kamailio'))('through Kamailio, which authenticates and records its route', () => {
  let kamailio: Peer
  let behind: number
  let destination: Endpoint
  const agents: UserAgent[] = []

  beforeEach(async () => {
    const [answers = 0, plays = 0] = await freePorts(2)
    behind = answers
    kamailio = await startKamailio('trunk-example', { answers, plays })
    destination = { address: '127.0.0.1', port: kamailio.port }
  })
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.close()))
    await kamailio.stop()
  })

  /** Answers the first challenge with that password; tells all that comes after, by method or status. */
  const calling = async (password: string, tell: (what: string, event: UserAgentEvent, agent: UserAgent) => void) => {
    const agent = await open(0, (event, self) => {
      if (event.type === 'request') tell(event.received.message.method, event, self)
      if (event.type !== 'response') return
      const response = event.received.message
      const request = self.lastSent(event.tx)
      const isFirst = request?.kind === 'request' && fieldValue(request, 'Proxy-Authorization') === undefined
      if (response.status !== 407 || !isFirst) {
        tell(`${response.status} ${event.method}`, event, self)
        return
      }
      const credentials = { username: 'trunkuser', password }
      const fields = retryFields(response, request, credentials, { cnonce: world.token(64), nc: 1 })
      if (fields.ok) self.again(event.tx, { cause: 'step', fields: fields.value })
    })
    agents.push(agent)
    agent.request({
      method: 'INVITE',
      requestUri: 'sip:+12025550100@trunk.example.test',
      from: 'sip:+12025550101@trunk.example.test',
      to: 'sip:+12025550100@trunk.example.test',
      destination,
      cause: 'step',
    })
  }

  const answering = async (onInvite: (tx: string, agent: UserAgent) => void, seen: string[]) => {
    const agent = await open(behind, (event, self) => {
      if (event.type === 'request') seen.push(event.received.message.method)
      else seen.push(event.type === 'response' ? `${event.received.message.status} ${event.method}` : event.type)
      if (event.type === 'request' && event.received.message.method === 'INVITE') onInvite(event.tx, self)
      else if (event.type === 'request') self.respond(event.tx, 200, { cause: 'step' })
      if (event.type === 'ack') self.within(event.call, 'OPTIONS', { cause: 'step' })
    })
    agents.push(agent)
  }

  test('the right password: a call up, an ACK that arrives, requests in the dialog both ways, BYE', async () => {
    const seen: string[] = []
    const ended = outcome<UserAgent>()
    await answering((tx, agent) => agent.respond(tx, 200, { cause: 'step' }), seen)
    await calling('trunkpass', (what, event, agent) => {
      if (what === 'OPTIONS' && event.type === 'request') {
        agent.respond(event.tx, 200, { cause: 'step' })
        agent.within(agent.openCalls()[0] ?? '', 'BYE', { cause: 'step' })
      }
      if (what === '200 BYE') ended.fire(agent)
    })
    expect((await ended.fired).openCalls()).toEqual([])
    expect(seen.toSorted()).toEqual(['200 OPTIONS', 'BYE', 'INVITE', 'ack'])
  })

  test('a wrong password is challenged again, and the call goes no further', async () => {
    const seen: string[] = []
    const refused = outcome<string>()
    await answering((tx, agent) => agent.respond(tx, 200, { cause: 'step' }), seen)
    await calling('looking-glass', (what) => refused.fire(what))
    expect(await refused.fired).toBe('407 INVITE')
    expect(seen).toEqual([])
  })

  test('CANCEL of a ringing call reaches the far end: 200 and 487', async () => {
    const seen: string[] = []
    const cancelled = outcome<UserAgent>()
    await answering((tx, agent) => agent.respond(tx, 180, { cause: 'step' }), seen)
    await calling('trunkpass', (what, event, agent) => {
      if (what === '180 INVITE' && event.type === 'response') agent.cancel(event.tx, { cause: 'step' })
      if (what === '487 INVITE') cancelled.fire(agent)
    })
    expect((await cancelled.fired).openCalls()).toEqual([])
    expect(seen).toEqual(['INVITE', 'cancelled'])
  })
})

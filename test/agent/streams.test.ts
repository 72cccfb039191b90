import { once } from 'node:events'
import { type Socket, connect, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createUserAgent } from '../../src/agent/create-user-agent.ts'
import type { UserAgent, UserAgentEvent } from '../../src/agent/user-agent.ts'
import type { Draft } from '../../src/core/frame.ts'
import { systemClock } from '../../src/net/clock.ts'
import { systemToken } from '../../src/net/entropy.ts'
import { openTcp } from '../../src/net/tcp.ts'
import { timersOf } from '../../src/session/timers.ts'
import { latin1 } from '../../src/sip/text.ts'

const address = '127.0.0.1'
const world = { clock: systemClock(), token: systemToken }
const closing: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** A user agent of ours on TCP; OPTIONS get a 200. */
const openAgent = async () => {
  const socket = await openTcp({ address, loopbackOnly: true })
  const frames: (Draft & { readonly cause: string | undefined })[] = []
  const events: UserAgentEvent[] = []
  let wake = (): void => undefined
  const agent: UserAgent = await createUserAgent({
    world,
    sockets: [socket],
    timers: timersOf(10),
    allow: ['INVITE', 'ACK', 'BYE', 'OPTIONS'],
    contactUser: 'us',
    record: (draft, cause) => {
      frames.push({ ...draft, bytes: draft.bytes.slice(), cause })
      return { number: frames.length, timeMs: world.clock.nowMs() }
    },
    onEvent: (event) => {
      events.push(event)
      if (event.type === 'request') agent.respond(event.tx, 200, { cause: 'test' })
      wake()
    },
  })
  closing.push(agent.close)
  const next = async (type: UserAgentEvent['type']): Promise<UserAgentEvent> => {
    for (;;) {
      const found = events.find((event) => event.type === type)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return { agent, local: socket.local, frames, next }
}

/** What a peer of our own hand reads, until it is enough. */
const reading = (socket: Socket) => {
  let text = ''
  let wake = (): void => undefined
  socket.on('data', (data) => {
    text += data.toString('latin1')
    wake()
  })
  return async (enough: (text: string) => boolean): Promise<string> => {
    while (!enough(text)) await new Promise<void>((resolve) => (wake = resolve))
    return text
  }
}

const isWhole = (text: string): boolean => text.includes('\r\n\r\n')

const optionsOf = (branch: string, ...more: readonly string[]): string =>
  [
    'OPTIONS sip:us@127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/TCP 127.0.0.1:5099;branch=z9hG4bK${branch}`,
    'Max-Forwards: 70',
    'From: <sip:peer@127.0.0.1>;tag=1',
    'To: <sip:us@127.0.0.1>',
    `Call-ID: ${branch}`,
    'CSeq: 1 OPTIONS',
    ...more,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n')

const dialIn = async () => {
  const ours = await openAgent()
  const socket = connect(ours.local.port, address)
  closing.push(() => socket.destroy())
  await once(socket, 'connect')
  return { ...ours, socket, read: reading(socket) }
}

const count = (text: string, part: string): number => text.split(part).length - 1

describe('messages in a stream (RFC 3261 §18.3)', () => {
  test('one that comes byte by byte is one message, answered on its connection', async () => {
    const { socket, read, frames } = await dialIn()
    socket.setNoDelay(true)
    for (const byte of Buffer.from(optionsOf('slow'))) {
      socket.write(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const text = await read(isWhole)
    expect(text).toContain('SIP/2.0 200 OK')
    expect(text).toContain('branch=z9hG4bKslow')
    const received = frames.filter(({ tap }) => tap === 'received')
    expect(received.length).toBeGreaterThan(1)
    expect(received.map(({ bytes }) => latin1(bytes)).join('')).toBe(optionsOf('slow'))
    expect(frames.find(({ tap }) => tap === 'sent')).toMatchObject({ layer: 'tcp', cause: 'test' })
  })

  test('several that come at once are as many, in order', async () => {
    const { socket, read } = await dialIn()
    socket.write(optionsOf('a') + optionsOf('b') + optionsOf('c'))
    const text = await read((so) => count(so, '\r\n\r\n') === 3)
    expect([...text.matchAll(/branch=z9hG4bK(\w)/g)].map(([, branch]) => branch)).toEqual(['a', 'b', 'c'])
  })

  test('a ping is answered by a pong, and is no message (RFC 5626 §4.4.1)', async () => {
    const { socket, read, frames } = await dialIn()
    socket.write('\r\n\r\n')
    expect(await read((so) => so.length >= 2)).toBe('\r\n')
    expect(frames.find(({ tap }) => tap === 'sent')?.cause).toBe('duty: pong')
  })

  test('a ping that comes in two segments is one; an empty line alone is none', async () => {
    const { socket, read, next, frames } = await dialIn()
    socket.setNoDelay(true)
    socket.write(`\r\n${optionsOf('between')}\r\n`)
    await next('request')
    const sent = () => frames.filter(({ tap }) => tap === 'sent').map(({ cause }) => cause)
    expect(sent()).toEqual(['test'])
    socket.write('\r\n')
    expect(await read((so) => so.endsWith('\r\n\r\n\r\n'))).toContain('SIP/2.0 200 OK')
    expect(sent()).toEqual(['test', 'duty: pong'])
  })

  test('bytes that are no SIP are told as a fault, and what follows is read', async () => {
    const { socket, read, next } = await dialIn()
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${optionsOf('after')}`)
    expect(await read(isWhole)).toContain('SIP/2.0 200 OK')
    expect(await next('malformed')).toMatchObject({ fault: { rule: 'stream.no-message', cite: '3261 §18.3' } })
  })

  test.each(['a', '\n', '\r\n', 'OPTIONS sip:a SIP/2.0\r\nX: '])(
    'a stream of %j that does not end is reset, and others are served',
    async (flood) => {
      const { socket, local, frames } = await dialIn()
      socket.on('error', () => undefined)
      const bytes = flood.repeat(Math.ceil(65_536 / flood.length))
      const ended = new Promise((resolve) => socket.once('close', resolve)) // `once` would reject at the reset
      const pump = (): void => {
        while (!socket.destroyed && socket.write(bytes)) continue
        socket.once('drain', pump)
      }
      pump()
      await ended
      expect(frames.at(-1)).toMatchObject({ tap: 'sent', stream: { ends: 'reset' } })
      const other = connect(local.port, address)
      closing.push(() => other.destroy())
      other.write(optionsOf('other'))
      expect(await reading(other)(isWhole)).toContain('SIP/2.0 200 OK')
    },
  )

  test('a message that the end of its connection cuts is told as a fault', async () => {
    const { socket, next } = await dialIn()
    socket.end(optionsOf('cut').slice(0, 120))
    expect(await next('malformed')).toMatchObject({ fault: { saw: '120 bytes: cut' } })
  })
})

describe('requests of ours', () => {
  const ask = (agent: UserAgent, port: number) =>
    agent.request({
      method: 'OPTIONS',
      requestUri: 'sip:peer@127.0.0.1',
      from: 'sip:us@127.0.0.1',
      to: 'sip:peer@127.0.0.1',
      destination: { address, port },
      cause: 'step 1',
    })

  test('name TCP in Via, are sent once however long nothing comes, and time out (timers E and F)', async () => {
    const server = createServer().listen(0, address)
    closing.push(() => server.close())
    await once(server, 'listening')
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error('not bound')
    const { agent, local, next, frames } = await openAgent()
    const connected = once(server, 'connection')
    ask(agent, bound.port)
    const [socket] = (await connected) as [Socket]
    closing.push(() => socket.destroy())
    const read = reading(socket)
    await next('timeout')
    const text = await read(isWhole)
    expect(text).toContain(`Via: SIP/2.0/TCP 127.0.0.1:${local.port};branch=`)
    expect(count(text, 'OPTIONS sip:peer')).toBe(1)
    expect(frames.filter(({ tap }) => tap === 'sent').map(({ cause }) => cause)).toEqual(['step 1'])
  })

  test('are told that nothing listens there', async () => {
    const gone = await openTcp({ address })
    await gone.close()
    const { agent, next } = await openAgent()
    ask(agent, gone.local.port)
    expect(await next('unreachable')).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED') })
  })

  test('in a dialog go to the Contact over the connection that a peer with alias opened (RFC 5923 §5)', async () => {
    const { socket, read, agent, next } = await dialIn()
    const invite = optionsOf('alias', 'Contact: <sip:peer@127.0.0.1:5099;transport=tcp>')
      .replaceAll('OPTIONS', 'INVITE')
      .replace('branch=', 'alias;branch=')
    socket.write(invite)
    const event = await next('request')
    if (event.type !== 'request') throw new Error('no request')
    const answered = await read((so) => so.includes('SIP/2.0 200'))
    expect(answered).toContain(`Contact: <sip:us@127.0.0.1:${agent.edges[0]?.port};transport=tcp>`)
    agent.within(event.call, 'BYE', { cause: 'test' })
    expect(await read((so) => so.includes('BYE '))).toContain('BYE sip:peer@127.0.0.1:5099;transport=tcp SIP/2.0')
  })
})

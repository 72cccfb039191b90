import { once } from 'node:events'
import { type Socket, connect, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Endpoint, showEndpoint } from '../../src/core/frame.ts'
import { systemClock } from '../../src/net/clock.ts'
import { probe } from '../../src/net/probe.ts'
import { type TcpConnection, type TcpEnd, type TcpSocket, openTcp } from '../../src/net/tcp.ts'
import { LoopbackOnlyError } from '../../src/net/udp.ts'

const address = '127.0.0.1'
const opened: TcpSocket[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()))
})

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const bytesOf = (value: string): Uint8Array => Buffer.from(value, 'latin1')

/** A socket and all that it tells; `until` resolves when there is enough. */
const listen = async (loopbackOnly = true) => {
  const socket = await openTcp({ address, loopbackOnly })
  opened.push(socket)
  const heard: { readonly bytes: string; readonly on: TcpConnection }[] = []
  const ends: (TcpEnd & { readonly on: TcpConnection })[] = []
  const errors: { readonly error: Error; readonly to: Endpoint }[] = []
  let wake = (): void => undefined
  socket.onBytes((bytes, on) => {
    heard.push({ bytes: text(bytes), on })
    wake()
  })
  socket.onEnd((on, end) => {
    ends.push({ ...end, on })
    wake()
  })
  socket.onError((error, to) => {
    errors.push({ error, to })
    wake()
  })
  const until = async (enough: () => boolean): Promise<void> => {
    while (!enough()) await new Promise<void>((resolve) => (wake = resolve))
  }
  return { socket, heard, ends, errors, until }
}

const quiet = (): void => undefined
const all = (heard: readonly { readonly bytes: string }[]): string => heard.map(({ bytes }) => bytes).join('')

describe('connections', () => {
  test('what is sent before the connection stands goes in order, and each is told of its ends right before it goes', async () => {
    const [here, there] = [await listen(), await listen()]
    const told: string[] = []
    for (const word of ['one ', 'two ', 'three'])
      here.socket.send(bytesOf(word), there.socket.local, ({ remote }) => told.push(`${word}> ${showEndpoint(remote)}`))
    expect(told).toEqual([])
    await there.until(() => all(there.heard).length === 13)
    expect(all(there.heard)).toBe('one two three')
    const far = showEndpoint(there.socket.local)
    expect(told).toEqual([`one > ${far}`, `two > ${far}`, `three> ${far}`])
    expect(there.heard[0]?.on.local).toEqual(there.socket.local)
  })

  test('an answer goes back on the connection that the bytes came by, whatever port it is meant for (RFC 3261 §18.2.2)', async () => {
    const [here, there] = [await listen(), await listen()]
    here.socket.send(bytesOf('ask'), there.socket.local, quiet)
    await there.until(() => there.heard.length > 0)
    const remote = there.heard[0]?.on.remote
    if (remote === undefined) throw new Error('nothing came')
    expect(remote.port).not.toBe(here.socket.local.port)
    there.socket.send(bytesOf('answer'), { address, port: 9, over: remote }, quiet)
    await here.until(() => here.heard.length > 0)
    expect(here.heard.map(({ bytes, on }) => [bytes, on.remote])).toEqual([['answer', there.socket.local]])
  })

  test('when that connection has gone, the answer opens one to where it is meant for', async () => {
    const [here, there] = [await listen(), await listen()]
    const asked = connect(there.socket.local.port, address)
    asked.write('ask')
    await there.until(() => there.heard.length > 0)
    const remote = there.heard[0]?.on.remote
    if (remote === undefined) throw new Error('nothing came')
    asked.destroy()
    await there.until(() => there.ends.length > 0)
    there.socket.send(bytesOf('late'), { ...here.socket.local, over: remote }, quiet)
    await here.until(() => here.heard.length > 0)
    expect(all(here.heard)).toBe('late')
  })

  test('one is enough for all that goes to the same place', async () => {
    const [here, there] = [await listen(), await listen()]
    const used = new Set<TcpConnection>()
    here.socket.send(bytesOf('a'), there.socket.local, (on) => used.add(on))
    await there.until(() => there.heard.length > 0)
    here.socket.send(bytesOf('b'), there.socket.local, (on) => used.add(on))
    await there.until(() => all(there.heard) === 'ab')
    expect(used.size).toBe(1)
  })

  test('an alias sends what goes to a listening port over the connection that its owner opened (RFC 5923 §5)', async () => {
    const [here, there] = [await listen(), await listen()]
    here.socket.send(bytesOf('ask'), there.socket.local, quiet)
    await there.until(() => there.heard.length > 0)
    const remote = there.heard[0]?.on.remote
    if (remote === undefined) throw new Error('nothing came')
    there.socket.alias(here.socket.local, remote)
    let over: TcpConnection | undefined
    there.socket.send(bytesOf('request'), here.socket.local, (on) => (over = on))
    expect(over?.remote).toEqual(remote)
  })

  test('aliases end with their connection: however many there were, the next is learnt', async () => {
    const [here, there] = [await listen(), await listen()]
    const asked = connect(there.socket.local.port, address)
    asked.write('ask')
    await there.until(() => there.heard.length > 0)
    const first = there.heard[0]?.on.remote
    if (first === undefined) throw new Error('nothing came')
    for (let port = 1; port <= 2000; port += 1) there.socket.alias({ address, port }, first)
    asked.destroy()
    await once(asked, 'close')
    await there.until(() => there.ends.length > 0)
    here.socket.send(bytesOf('again'), there.socket.local, quiet)
    await there.until(() => there.heard.length > 1)
    const second = there.heard[1]?.on.remote
    if (second === undefined) throw new Error('nothing came')
    there.socket.alias(here.socket.local, second)
    let over: TcpConnection | undefined
    there.socket.send(bytesOf('request'), here.socket.local, (on) => (over = on))
    expect(over?.remote).toEqual(second)
  })
})

describe('ends', () => {
  const accepted = async (end: (socket: Socket) => void) => {
    const there = await listen()
    const socket = connect(there.socket.local.port, address)
    await once(socket, 'connect')
    socket.write('x')
    await there.until(() => there.heard.length > 0)
    end(socket)
    await there.until(() => there.ends.length > 0)
    return there.ends.map(({ how, byPeer }) => ({ how, byPeer }))
  }

  test('the other side closes: FIN', async () => {
    expect(await accepted((socket) => socket.end())).toEqual([{ how: 'fin', byPeer: true }])
  })

  test('the other side resets: RST', async () => {
    expect(await accepted((socket) => socket.resetAndDestroy())).toEqual([{ how: 'reset', byPeer: true }])
  })

  test('we close: told once, and nothing more goes out', async () => {
    const [here, there] = [await listen(), await listen()]
    here.socket.send(bytesOf('x'), there.socket.local, quiet)
    await there.until(() => there.heard.length > 0)
    await here.socket.close()
    expect(here.ends.map(({ how, byPeer }) => ({ how, byPeer }))).toEqual([{ how: 'fin', byPeer: false }])
    here.socket.send(bytesOf('y'), there.socket.local, () => {
      throw new Error('sent after it was closed')
    })
  })

  test('we close while a peer does not read: it is not waited for, and nothing of it is told any more', async () => {
    const here = await listen()
    const peer = connect(here.socket.local.port, address)
    peer.on('error', quiet)
    peer.write('early')
    await here.until(() => here.heard.length > 0)
    const remote = here.heard[0]?.on.remote
    if (remote === undefined) throw new Error('nothing came')
    // More than the system takes, less than what is given up.
    for (let sent = 0; sent < 11; sent += 1) {
      here.socket.send(new Uint8Array(512 * 1024), { ...remote, over: remote }, quiet)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const closed = here.socket.close()
    peer.write('late')
    await closed
    expect(all(here.heard)).toBe('early')
    peer.destroy()
  })
})

describe('closing waits for the other side, which else would send its next request over a connection that is gone', () => {
  /** A peer that is told of our FIN and does with its side what it likes. */
  const closing = async (atFin: (socket: Socket) => void) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', quiet)
      socket.resume().on('end', () => atFin(socket))
    }).listen(0, address)
    await once(server, 'listening')
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error('not bound')
    const here = await listen()
    const to = { address, port: bound.port }
    await new Promise<void>((resolve) => here.socket.send(bytesOf('x'), to, () => resolve()))
    await here.socket.close()
    server.close()
  }

  test('until it has ended its side', async () => {
    let ended = false
    await closing((socket) =>
      setImmediate(() => {
        ended = true
        socket.end()
      }),
    )
    expect(ended).toBe(true)
  })

  test('but not where it goes on sending, nor where it does nothing at all', async () => {
    let left = 0
    const goesOn = (socket: Socket): void => {
      left += 1
      socket.write('more')
    }
    await closing(goesOn)
    await closing(() => (left += 1))
    expect(left).toBe(2)
  })
})

describe('what cannot be reached is told, and nothing throws', () => {
  test('a closed port, with where it was to go', async () => {
    const gone = await openTcp({ address })
    await gone.close()
    const here = await listen()
    here.socket.send(bytesOf('x'), gone.local, quiet)
    await here.until(() => here.errors.length > 0)
    expect(here.errors).toMatchObject([{ error: { code: 'ECONNREFUSED' }, to: gone.local }])
  })

  test('a port that is none', async () => {
    const here = await listen()
    here.socket.send(bytesOf('x'), { address, port: 70_000 }, quiet)
    expect(here.errors.map(({ error }) => error.message)).toEqual(['no connection goes to 127.0.0.1:70000'])
  })

  test('an embedded party refuses to leave loopback: that is our own mistake', async () => {
    const here = await listen()
    expect(() => here.socket.send(bytesOf('x'), { address: '192.0.2.1', port: 5060 }, quiet)).toThrow(LoopbackOnlyError)
  })

  test('a peer that does not read is given up, not waited for with ever more bytes', async () => {
    const server = createServer((socket) => socket.pause()).listen(0, address)
    await once(server, 'listening')
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error('not bound')
    const here = await listen()
    const much = new Uint8Array(1024 * 1024)
    for (let sent = 0; sent < 64 && here.ends.length === 0; sent += 1) {
      here.socket.send(much, { address, port: bound.port }, quiet)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await here.until(() => here.ends.length > 0)
    expect(here.ends[0]?.how).toBe('reset')
    server.close()
  })
})

test('a probe opens a connection and closes it, or says that the port is closed', async () => {
  const there = await listen()
  const patience = { timeoutMs: 20_000, clock: systemClock() }
  const found = await probe('tcp', there.socket.local, new Uint8Array(), patience)
  expect(found).toMatchObject({ refused: false, local: { address } })
  await there.until(() => there.ends.length > 0)
  expect(there.heard).toEqual([])
  const gone = await openTcp({ address })
  await gone.close()
  expect(await probe('tcp', gone.local, new Uint8Array(), patience)).toMatchObject({ refused: true })
})

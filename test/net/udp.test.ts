import { afterEach, describe, expect, test } from 'vitest'
import type { Endpoint } from '../../src/core/frame.ts'
import { systemClock } from '../../src/net/clock.ts'
import { openPortPair } from '../../src/net/port-pair.ts'
import { probe } from '../../src/net/probe.ts'
import { resolveHost } from '../../src/net/resolve.ts'
import { LoopbackOnlyError, openUdp } from '../../src/net/udp.ts'
import type { UdpOptions, UdpSocket } from '../../src/net/udp.ts'
import { loopbacks } from '../support/loopback.ts'

const opened: { close: () => Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()))
})
const open = async (options: UdpOptions): Promise<UdpSocket> => {
  const socket = await openUdp(options)
  opened.push(socket)
  return socket
}

const bytes = new Uint8Array([1, 2, 3])

const openPorts = (): number => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length

const nextDatagram = (socket: UdpSocket): Promise<{ data: Uint8Array; from: Endpoint }> =>
  new Promise((resolve) => {
    socket.onDatagram((data, from) => resolve({ data, from }))
  })

for (const { address, absent } of loopbacks)
  describe.skipIf(absent)(`a UDP socket on ${address}`, () => {
    test('sends and receives datagrams, as plain bytes', async () => {
      const [a, b] = [await open({ address }), await open({ address })]
      expect(a.local.address).toBe(address)
      const arrival = nextDatagram(b)
      a.send(bytes, b.local)
      const { data, from } = await arrival
      expect(data).toStrictEqual(bytes)
      expect(from).toEqual(a.local)
    })

    test('what was sent just before closing still goes out', async () => {
      const [a, b] = [await openUdp({ address }), await open({ address })]
      const arrival = nextDatagram(b)
      a.send(bytes, b.local)
      await a.close()
      expect((await arrival).data).toStrictEqual(bytes)
    })

    test('a port that is taken is refused, and nothing is left open', async () => {
      const a = await open({ address })
      const before = openPorts()
      await expect(openUdp({ address, port: a.local.port })).rejects.toThrow('EADDRINUSE')
      await expect.poll(openPorts).toBeLessThanOrEqual(before)
    })

    test('a probe of a closed port is refused', async () => {
      const gone = await openUdp({ address })
      await gone.close()
      const found = await probe('udp', gone.local, bytes, { timeoutMs: 20_000, clock: systemClock() })
      expect(found).toEqual({ refused: true, local: { address, port: expect.any(Number) as number } })
      expect(found.local.port).toBeGreaterThan(0)
    })

    test('a probe of an open port brings the reply', async () => {
      const server = await open({ address })
      server.onDatagram((data, from) => server.send(new Uint8Array([...data, 4]), from))
      const found = await probe('udp', server.local, bytes, { timeoutMs: 20_000, clock: systemClock() })
      expect(found).toMatchObject({ refused: false, reply: new Uint8Array([1, 2, 3, 4]) })
    })

    test('a port pair is an even port and the next', async () => {
      const { rtp, rtcp } = await openPortPair({ address, random: 7, loopbackOnly: true })
      opened.push(rtp, rtcp)
      expect(rtp.local.port % 2).toBe(0)
      expect(rtcp.local.port).toBe(rtp.local.port + 1)
    })
  })

test('a probe that no one answers is neither refused nor replied to when its time is up', async () => {
  const silent = await open({ address: '127.0.0.1' })
  const { refused, reply } = await probe('udp', silent.local, bytes, { timeoutMs: 1, clock: systemClock() })
  expect({ refused, reply }).toEqual({ refused: false, reply: undefined })
})

test('a probe of an impossible port says why', async () => {
  const found = await probe('udp', { address: '127.0.0.1', port: 70_000 }, bytes, {
    timeoutMs: 100,
    clock: systemClock(),
  })
  expect(found).toMatchObject({ refused: false, error: 'ERR_SOCKET_BAD_PORT' })
})

for (const address of ['192.0.2.1', '10.0.0.1', '0.0.0.0', '::ffff:192.0.2.1', 'localhost'])
  test(`a socket for loopback only refuses to send to ${address}`, async () => {
    const socket = await open({ address: '127.0.0.1', loopbackOnly: true })
    expect(() => socket.send(bytes, { address, port: 9 })).toThrow(LoopbackOnlyError)
  })

for (const [name, to] of [
  ['port 0', { address: '127.0.0.1', port: 0 }],
  ['port 65536', { address: '127.0.0.1', port: 65_536 }],
  ['a name, which would have to be asked of a server', { address: 'localhost', port: 9 }],
  ['another family', { address: '::1', port: 9 }],
] as const)
  test(`what a peer named may be nonsense: ${name} is an error, not an exception`, async () => {
    const socket = await open({ address: '127.0.0.1' })
    const failed = new Promise<Error>((resolve) => {
      socket.onError(resolve)
    })
    socket.send(bytes, to)
    expect(await failed).toBeInstanceOf(Error)
  })

test('nothing is sent after closing, and closing twice is harmless', async () => {
  const socket = await openUdp({ address: '127.0.0.1' })
  await socket.close()
  await socket.close()
  socket.send(bytes, { address: '127.0.0.1', port: 9 })
})

describe('a port pair within a range', () => {
  test('skips what is taken, wherever it begins, and says so when nothing is left', async () => {
    const first = await openPortPair({ address: '127.0.0.1', random: 0, loopbackOnly: true })
    opened.push(first.rtp, first.rtcp)
    const ports = { first: first.rtp.local.port, last: first.rtcp.local.port }
    for (const random of [0, 1, 77])
      await expect(openPortPair({ address: '127.0.0.1', ports, random, loopbackOnly: true })).rejects.toThrow(
        `no free pair of RTP ports within ${ports.first}-${ports.last}`,
      )
  })

  test('gives a pair of just two ports, and none of an odd and an even one', async () => {
    const probe = await openPortPair({ address: '127.0.0.1', random: 0, loopbackOnly: true })
    await Promise.all([probe.rtp.close(), probe.rtcp.close()])
    const { port } = probe.rtp.local
    const pair = await openPortPair({
      address: '127.0.0.1',
      ports: { first: port, last: port + 1 },
      random: 5,
      loopbackOnly: true,
    })
    opened.push(pair.rtp, pair.rtcp)
    expect(pair.rtp.local.port).toBe(port)
    await expect(
      openPortPair({ address: '127.0.0.1', ports: { first: port + 1, last: port + 2 }, random: 0, loopbackOnly: true }),
    ).rejects.toThrow('no free pair')
  })

  test('an address that is not ours is refused at once', async () => {
    await expect(openPortPair({ address: '192.0.2.1', random: 0, loopbackOnly: true })).rejects.toThrow('EADDRNOTAVAIL')
  })
})

describe('the address of a host', () => {
  const none = new Map<string, string>()
  for (const [host, address] of [
    ['127.0.0.1', '127.0.0.1'],
    ['[2001:DB8::1]', '2001:db8::1'],
  ] as const)
    test(`${host} is its own`, async () => {
      expect(await resolveHost(host, none)).toEqual({ ok: true, value: address })
    })

  test('an override goes before the system, whatever the case of the name', async () => {
    const overrides = new Map([['localhost', '192.0.2.9']])
    expect(await resolveHost('LocalHost', overrides)).toEqual({ ok: true, value: '192.0.2.9' })
  })

  test('an override that is no address is a fault', async () => {
    expect(await resolveHost('a.example', new Map([['a.example', 'b.example']]))).toMatchObject({
      fault: { rule: 'dns.override', saw: 'a.example=b.example' },
    })
  })

  test('the system knows localhost', async () => {
    expect(await resolveHost('localhost', none)).toMatchObject({ ok: true })
  })

  test('a name that does not exist is a fault (RFC 6761 §6.4: .invalid never does)', async () => {
    expect(await resolveHost('trunk.invalid', none)).toMatchObject({
      fault: { rule: 'dns.not-found', saw: 'trunk.invalid' },
    })
  })
})

import { describe, expect, test } from 'vitest'
import type { StreamPlace } from '../../src/core/frame.ts'
import { at, bytesOf, createWiretap, sip } from '../support/tapped.ts'

const [client, server] = [at('192.0.2.1', 40_000), at('192.0.2.2')]
const request = sip('OPTIONS sip:example.net SIP/2.0')
const response = sip('SIP/2.0 200 OK', { cseq: '1 OPTIONS', to: '<sip:bob@example.net>;tag=b' })

/** A capture of TCP: each piece is one frame, from the client unless it says so. */
const connection = () => {
  const tap = createWiretap()
  const say = (bytes: Uint8Array, place: Partial<StreamPlace> = {}, isServer = false) =>
    tap.add({
      layer: 'tcp',
      source: isServer ? server : client,
      destination: isServer ? client : server,
      bytes,
      stream: { connection: 1, gap: false, ...place },
    })
  return { ...tap, say }
}
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

describe('SIP over TCP is cut into messages (RFC 3261 §18.3)', () => {
  test('of several frames: the last is its frame, and all are its parts', () => {
    const { say, fold } = connection()
    say(request.slice(0, 40))
    say(request.slice(40, 41))
    say(request.slice(41))
    say(response, {}, true)
    const { messages, transactions, counted } = fold()
    expect(messages.map(({ frame, parts, transport }) => [frame, parts, transport])).toEqual([
      [3, [1, 2, 3], 'tcp'],
      [4, undefined, 'tcp'],
    ])
    expect(transactions.map(({ name, responses }) => `${name} ${responses.length}`)).toEqual(['OPTIONS 1 1'])
    expect(counted).toMatchObject({ frames: 4, sip: 2, other: 0 })
  })
  test('several of one frame, with the beginning of another', () => {
    const next = sip('OPTIONS sip:example.org SIP/2.0', { branch: '2', cseq: '2 OPTIONS' })
    const { say, fold } = connection()
    say(joined(request, sip('OPTIONS sip:x SIP/2.0', { callId: 'other' }), next.slice(0, 9)))
    say(next.slice(9))
    expect(fold().messages.map(({ frame, parts }) => [frame, parts])).toEqual([
      [1, undefined],
      [1, undefined],
      [2, [1, 2]],
    ])
  })
  test('the frames of a frame that was itself put together are its parts', () => {
    const { add, fold } = createWiretap()
    const stream = { connection: 1, gap: false }
    add({ layer: 'tcp', source: client, destination: server, bytes: request.slice(0, 50), stream })
    add({
      number: 6,
      parts: [4, 6],
      layer: 'tcp',
      source: client,
      destination: server,
      bytes: request.slice(50),
      stream,
    })
    expect(fold().messages.map(({ frame, parts }) => [frame, parts])).toEqual([[6, [1, 4, 6]]])
  })
  test('each direction and each connection by itself', () => {
    const { say, fold } = connection()
    say(request.slice(0, 40))
    say(response.slice(0, 40), {}, true)
    say(request, { connection: 2 })
    say(request.slice(40))
    say(response.slice(40), {}, true)
    expect(fold().messages.map(({ frame, copies }) => [frame, copies])).toEqual([
      [3, [4]],
      [5, []],
    ])
  })
  test('a message that its sender did not end before the connection is told', () => {
    const { say, fold } = connection()
    say(request)
    say(response.slice(0, 60), {}, true)
    say(response.slice(60, 90), {}, true)
    say(new Uint8Array(), { ends: 'fin' }, true)
    expect(fold().malformed.map(({ frame, sender, fault }) => [frame, sender, fault.rule])).toEqual([
      [3, 'trunk', 'stream.unfinished'],
    ])
  })
  test('a message that the capture does not end is nobody’s fault', () => {
    const { say, fold } = connection()
    say(request.slice(0, 60))
    expect(fold().malformed).toEqual([])
  })
  test('behind a gap the next message is found, and the broken one is counted as cut', () => {
    const { say, fold } = connection()
    say(request.slice(0, 60))
    say(joined(request.slice(80), response), { gap: true })
    const { messages, counted, malformed } = fold()
    expect(messages.map(({ frame }) => frame)).toEqual([2])
    expect(malformed).toEqual([])
    expect(counted).toMatchObject({ sip: 1, cut: 1, other: 1 })
  })
  test('of a connection whose beginning the tap did not see, from the first whole message on', () => {
    const { say, fold } = connection()
    say(joined(request.slice(100), request), { gap: true })
    expect(fold().counted).toMatchObject({ sip: 1, cut: 0, other: 1 })
  })
  test('empty lines that keep the connection alive are no message (RFC 5626 §4.4.1)', () => {
    const { say, fold } = connection()
    say(bytesOf('\r\n\r\n'))
    say(bytesOf('\r\n'), {}, true)
    say(request)
    expect(fold().counted).toMatchObject({ frames: 3, sip: 1, other: 0 })
  })
  test('what waits when the connection ends, is reset, or the capture ends, is cut', () => {
    for (const ends of ['fin', 'reset', undefined] as const) {
      const { say, fold } = connection()
      say(request.slice(0, 50))
      say(response.slice(0, 50), ends === undefined ? {} : { ends }, true)
      expect(fold().counted).toMatchObject({ sip: 0, cut: 2 })
    }
  })
  test('bytes behind an end belong to another connection on the same ports', () => {
    const { say, fold } = connection()
    say(request.slice(0, 50), { ends: 'fin' })
    say(request)
    expect(fold().counted).toMatchObject({ sip: 1, cut: 1 })
  })
  test('TLS is counted as encrypted, whatever it holds', () => {
    const { say, fold } = connection()
    say(joined(Uint8Array.of(22, 3, 1, 0, 5, 1, 2, 3, 4, 5), request))
    say(request)
    expect(fold()).toMatchObject({ messages: [], malformed: [], counted: { sip: 0, encrypted: 2 } })
  })
  test('WebSocket is no stream of messages, from its handshake or from a frame of it on (RFC 7118, RFC 6455 §5.2)', () => {
    const framed = (bytes: Uint8Array) =>
      joined(Uint8Array.of(0x82, 126, bytes.length >> 8, bytes.length & 0xff), bytes)
    const { say, fold } = connection()
    say(bytesOf('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'), {}, true)
    // A length whose low octet is a line feed would make of the next line a start-line.
    say(joined(Uint8Array.of(0x82, 126, 1, 10), response), {}, true)
    say(framed(request))
    say(framed(request), { connection: 2 })
    expect(fold()).toMatchObject({ messages: [], malformed: [], counted: { sip: 0, encrypted: 4 } })
  })
  test('HTTP, or bytes of anything, are counted as other', () => {
    const { say, fold } = connection()
    say(bytesOf('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'))
    say(
      Uint8Array.from({ length: 5000 }, (_, i) => (i * 31) & 0xff),
      {},
      true,
    )
    expect(fold()).toMatchObject({ messages: [], malformed: [], counted: { sip: 0, encrypted: 0 } })
  })
})

describe('what waits for the rest of its message is bounded', () => {
  test('in bytes over all connections: those that wait longest are given up', () => {
    const { say, fold } = connection()
    const head = bytesOf('OPTIONS sip:a SIP/2.0\r\nContent-Length: 60000\r\n\r\n')
    const half = joined(head, new Uint8Array(50_000))
    const count = 400
    for (let number = 1; number <= count; number++) say(half, { connection: number })
    for (let number = 1; number <= count; number++) say(new Uint8Array(10_000), { connection: number })
    const { counted } = fold()
    expect(counted.cut).toBeGreaterThan(0)
    expect(counted.cut).toBeLessThan(count)
  })
  test('in connections: the one silent longest is forgotten, and its half message is cut', () => {
    const { say, fold } = connection()
    say(request.slice(0, 50), { connection: 0 })
    for (let number = 1; number <= 17_000; number++) say(bytesOf('\r\n'), { connection: number })
    say(request.slice(50), { connection: 0 })
    expect(fold().counted).toMatchObject({ sip: 0, cut: 1 })
  })
})

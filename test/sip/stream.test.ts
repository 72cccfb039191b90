import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type StreamEvent, createStreamFramer } from '../../src/sip/stream.ts'

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))
const message = (body: string, length = String(body.length), callId = 'a'): string =>
  `MESSAGE sip:b@example.com SIP/2.0\r\nCall-ID: ${callId}\r\nContent-Length: ${length}\r\n\r\n${body}`
const response = 'SIP/2.0 200 OK\r\nCall-ID: a\r\nl: 0\r\n\r\n'

const told = (event: StreamEvent): string =>
  event.type === 'message'
    ? `message ${Buffer.from(event.wire).toString('latin1')} in ${event.frames.join()}`
    : `${event.type === 'skipped' ? event.reason : event.type} ${event.bytes} in ${event.frames.join()}`

/** The events of pushes, numbered from frame 1 on. */
const read = (...pushes: readonly string[]): readonly string[] => {
  const framer = createStreamFramer()
  const events = pushes.flatMap((text, index) => framer.push(bytesOf(text), index + 1))
  return [...events, ...framer.cut()].map(told)
}

describe('messages of a stream', () => {
  test('end where Content-Length says (RFC 3261 §18.3)', () => {
    expect(read(message('hello') + response + message(''))).toEqual([
      `message ${message('hello')} in 1`,
      `message ${response} in 1`,
      `message ${message('')} in 1`,
    ])
  })
  test('name every frame that carried them', () => {
    const text = message('hello') + response
    expect(read(text.slice(0, 10), text.slice(10, 60), text.slice(60, 100), text.slice(100))).toEqual([
      `message ${message('hello')} in 1,2,3`,
      `message ${response} in 3,4`,
    ])
  })
  test('may hold another message in their body', () => {
    expect(read(message(response))).toEqual([`message ${message(response)} in 1`])
  })
  test('take a Content-Length that goes on in the next line (RFC 3261 §7.3.1)', () => {
    const folded = 'SIP/2.0 200 OK\r\nContent-Length:\r\n  3\r\n\r\nabc'
    expect(read(folded)).toEqual([`message ${folded} in 1`])
  })
  test('without Content-Length, or with one that is no number, end with their head (RFC 3261 §20.14)', () => {
    const head = 'SIP/2.0 200 OK\r\nCall-ID: a\r\n\r\n'
    expect(read(`${head}v=0\r\n${response}`)).toEqual([
      `message ${head} in 1`,
      'not sip 5 in 1',
      `message ${response} in 1`,
    ])
    expect(read(message('', 'many'))).toEqual([`message ${message('', 'many')} in 1`])
  })
  test('that claim more than a message may have end with their head at once', () => {
    expect(read(message('', '4000000000') + response)).toEqual([
      `message ${message('', '4000000000')} in 1`,
      `message ${response} in 1`,
    ])
  })
  test('that are longer than they say leave a rest, and the next one is found', () => {
    expect(read(message('v=0\r\no=- 1', '3') + response)).toEqual([
      `message ${message('v=0', '3')} in 1`,
      // The empty line ends the body; the rest of its last line and the next message share a line.
      'keep-alive 2 in 1',
      `not sip ${'o=- 1SIP/2.0 200 OK\r\nCall-ID: a\r\nl: 0\r\n\r\n'.length} in 1`,
    ])
  })
  test('are apart from empty lines that keep the connection alive (RFC 5626 §4.4.1)', () => {
    expect(read(`\r\n\r\n${response}`, '\r\n', '\r', '\n', response)).toEqual([
      'keep-alive 4 in 1',
      `message ${response} in 1`,
      'keep-alive 2 in 2',
      'keep-alive 2 in 3,4',
      `message ${response} in 5`,
    ])
  })
})

describe('what is no message', () => {
  test('in the middle of a connection the first start-line is where reading begins', () => {
    expect(read(`gsm/8000\r\na=sendrecv\r\n\r\n${response}`)).toEqual(['not sip 24 in 1', `message ${response} in 1`])
  })
  test('a message that is cut is counted, and reading goes on behind the gap', () => {
    const framer = createStreamFramer()
    framer.push(bytesOf(message('hello').slice(0, -2)), 1)
    expect(framer.cut().map(told)).toEqual([`cut ${message('hello').length - 2} in 1`])
    expect(framer.push(bytesOf(`rest\r\n${response}`), 2).map(told)).toEqual([
      'not sip 6 in 2',
      `message ${response} in 2`,
    ])
  })
  test('a stream of TLS records is told as such, also from its middle on', () => {
    expect(read('\x16\x03', '\x01\x02\x00\x01\n')).toEqual(['tls 2 in 1', 'tls 5 in 2'])
    expect(read('\x17\x03\x03 SIP/2.0\n')).toEqual(['tls 12 in 1'])
  })
  test('however many lines begin nothing, they are one event, and the message behind them is found', () => {
    const lines = `${'\n'.repeat(5000)}${'sip/ no\r\n'.repeat(300)}a\n`
    expect(read(lines + response)).toEqual([`not sip ${lines.length} in 1`, `message ${response} in 1`])
  })
  test('HTTP is no SIP', () => {
    const http = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    expect(read(http)).toEqual([`not sip ${http.length} in 1`])
  })
  test('a line without end and a head without end are given up, not kept', () => {
    const framer = createStreamFramer()
    const long = framer.push(new Uint8Array(16_385).fill(65), 1)
    expect(long.map(told)).toEqual(['not sip 16385 in 1'])
    expect(framer.push(bytesOf(`SIP/2.0 200 OK\r\n${response}`), 2).map(told)).toEqual([
      'not sip 16 in 2',
      `message ${response} in 2`,
    ])
    expect(read(`SIP/2.0 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`)).toEqual(['not sip 120016 in 1'])
  })
})

test('however a stream is cut into pushes, its messages are the same, and no byte is lost', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 30 }).map((body) => message(Buffer.from(body).toString('latin1'))),
    fc.constantFrom(response, '\r\n\r\n', 'noise\r\n', message('', 'x')),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(60), { minLength: 1 }), (pieces, steps) => {
      const stream = pieces.join('')
      const pushes: string[] = []
      for (let at = 0, n = 0; at < stream.length; n += 1) {
        const step = 1 + (steps[n % steps.length] ?? 0)
        pushes.push(stream.slice(at, at + step))
        at += step
      }
      const framer = createStreamFramer()
      const events = [...pushes.flatMap((text, n) => framer.push(bytesOf(text), n)), ...framer.cut()]
      const whole = createStreamFramer().push(bytesOf(stream), 1)
      const wires = (all: readonly StreamEvent[]): readonly string[] =>
        all.flatMap((event) => (event.type === 'message' ? [Buffer.from(event.wire).toString('latin1')] : []))
      const sizes = events.map((event) => (event.type === 'message' ? event.wire.length : event.bytes))
      expect(wires(events)).toEqual(wires(whole))
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(stream.length)
    }),
  )
})

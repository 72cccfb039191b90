import { expect, test } from 'vitest'
import { readMessage } from '../../src/run/message.ts'
import { ping } from '../../src/run/ping.ts'
import { bytesOf } from '../../src/sip/text.ts'
import {
  type Answering,
  type Responder,
  closedPort,
  openResponder,
  openTcpResponder,
  sentValue,
} from '../support/responder.ts'
import { runCli } from './support.ts'

const pinged = async (answering: Answering, ...flags: readonly string[]) => {
  const responder = await openResponder(answering)
  try {
    const ended = await runCli(['ping', `sip:127.0.0.1:${responder.port}`, ...flags])
    return { ...ended, port: responder.port, requests: responder.requests }
  } finally {
    await responder.close()
  }
}

const parsed = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>

test('--json has what scripts rely on, and the request is a valid OPTIONS', async () => {
  const { out, code, port, requests } = await pinged(() => ['SIP/2.0 200 OK', 'Server: far end/1'], '--json')
  expect(parsed(out)).toEqual({
    reachable: true,
    status: 200,
    reason: 'OK',
    rttMs: expect.any(Number) as number,
    transport: 'udp',
    server: 'far end/1',
    remote: `127.0.0.1:${port}`,
  })
  expect(code).toBe(0)
  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatch(/^OPTIONS sip:127\.0\.0\.1:\d+ SIP\/2\.0\r\n/)
  expect(readMessage(bytesOf(requests[0] ?? '')).report).toEqual({ valid: true, kind: 'request', faults: [] })
})

test.each(['401 Unauthorized', '404 Not Found', '405 Method Not Allowed', '503 Service Unavailable'])(
  '%s is an answer: reachable',
  async (line) => {
    const { out, code } = await pinged(() => [`SIP/2.0 ${line}`])
    expect(out).toContain(`${line} in `)
    expect(out).toMatch(/answered 1 of 1, \d+\.\d ms on average\n$/)
    expect(code).toBe(0)
  },
)

test('the reason phrase and the server cannot move the cursor of a terminal', async () => {
  const { out } = await pinged(() => ['SIP/2.0 200 \x1b[2J', 'Server: \x1b]0;x\x07'])
  expect(out.includes('\x1b')).toBe(false)
})

test('a closed port is known at once: exit code 1', async () => {
  const port = await closedPort()
  const { out, code } = await runCli(['ping', `sip:127.0.0.1:${port}`, '--json'])
  expect(parsed(out)).toMatchObject({
    reachable: false,
    status: null,
    reason: 'the port is closed: nothing listens there',
    rttMs: null,
    remote: `127.0.0.1:${port}`,
  })
  expect(code).toBe(1)
})

test('what cannot be reached says what to look at', async () => {
  const closed = await runCli(['ping', `sip:127.0.0.1:${await closedPort()}`])
  expect(closed.out).toMatch(
    /cannot be reached\nto do: check port and transport \(UDP, unless ;transport=tcp is said\)/,
  )
  const unnamed = await runCli(['ping', 'sip:host.invalid'])
  expect(unnamed.out).toMatch(/^the DNS has no address for host\.invalid\n.*\nto do: check the spelling of the host/)
  expect([closed.code, unnamed.code]).toEqual([1, 1])
})

test('silence ends with --timeout, and is not reachable', async () => {
  const { out, code } = await pinged(() => undefined, '--timeout', '0.2')
  expect(out).toContain('no answer within 0.2 s\n')
  expect(out).toMatch(/cannot be reached\nto do: check the firewall between, .*\n$/)
  expect(code).toBe(1)
})

test('an answer that is none of ours is told', async () => {
  const { out, code } = await pinged(() => ['SIP/2.0 200 OK', 'Via: SIP/2.0/UDP 192.0.2.9'], '--timeout', '0.2')
  expect(out).toContain('only an answer that cannot be read: via.not-ours')
  expect(code).toBe(1)
})

test('--count asks again, a new transaction each time', async () => {
  const { out, code, requests } = await pinged(() => ['SIP/2.0 200 OK'], '--count', '2', '--json')
  expect(parsed(out).pings).toHaveLength(2)
  expect(new Set(requests.map((request) => /branch=[^;]+/.exec(request)?.[0])).size).toBe(2)
  expect(code).toBe(0)
})

test('--count goes on where the port is closed: a program that comes up is seen', async () => {
  const port = await closedPort()
  const opened: Promise<Responder>[] = []
  const told: string[] = []
  const onPing = (line: string): void => {
    told.push(line)
    if (opened.length === 0) opened.push(openResponder(() => ['SIP/2.0 200 OK'], port))
  }
  const result = await ping(`sip:127.0.0.1:${port}`, { count: '2' }, onPing, new AbortController().signal)
  for (const responder of opened) await (await responder).close()
  expect(told).toEqual(['the port is closed: nothing listens there', expect.stringMatching(/^200 OK in \d+\.\d ms$/)])
  expect(result).toMatchObject({
    value: {
      report: { reachable: true, status: 200, pings: [{ status: null, rttMs: null }, { status: 200 }] },
      summary: [expect.stringContaining(' answered 1 of 2, ')],
    },
  })
})

test.each(['100 Trying', '183 Session \x1b[2JProgress'])(
  '%j alone is no final answer, and no silence',
  async (line) => {
    const { out, code } = await pinged(() => [`SIP/2.0 ${line}`], '--timeout', '0.2')
    expect(out).toMatch(/^only provisional answers within 0\.2 s, the last 1\d\d /)
    expect(out).toContain('to do: check the log of the far end')
    expect(out).not.toContain('\x1b')
    expect(code).toBe(1)
  },
)

test('over TCP: all pings on one connection, and Via names the transport (RFC 3261 §18.1.1)', async () => {
  const responder = await openTcpResponder(() => ['SIP/2.0 200 OK', 'Server: far end/1'])
  const uri = `sip:127.0.0.1:${responder.port};transport=tcp`
  const { out, code } = await runCli(['ping', uri, '--count', '2', '--json'])
  await responder.close()
  expect(parsed(out)).toMatchObject({ reachable: true, transport: 'tcp', remote: `127.0.0.1:${responder.port}` })
  expect(parsed(out).pings).toHaveLength(2)
  expect(responder.requests.map((request) => sentValue(request, 'Via').split(' ')[0])).toEqual([
    'SIP/2.0/TCP',
    'SIP/2.0/TCP',
  ])
  expect(code).toBe(0)
})

test('over TCP: a port that nobody listens on, and a far end that hears and says nothing', async () => {
  const closed = await runCli(['ping', `sip:127.0.0.1:${await closedPort()};transport=tcp`])
  expect(closed.out).toContain('the port is closed: nothing listens there\n')
  const responder = await openTcpResponder(() => undefined)
  const mute = await runCli(['ping', `sip:127.0.0.1:${responder.port};transport=tcp`, '--timeout', '0.2'])
  await responder.close()
  expect(mute.out).toContain('no answer within 0.2 s\n')
  expect([closed.code, mute.code]).toEqual([1, 1])
})

test('--resolve names the address of a host, which stays in the request', async () => {
  const responder = await openResponder(() => ['SIP/2.0 200 OK'])
  const uri = `sip:trunk.example.test:${responder.port}`
  const { code } = await runCli(['ping', uri, '--resolve', 'trunk.example.test=127.0.0.1'])
  await responder.close()
  expect(code).toBe(0)
  expect(responder.requests[0]).toContain(`OPTIONS ${uri} SIP/2.0`)
})

test.each([
  [['ping', '10.0.0.5'], 'try ping sip:10.0.0.5'],
  [['ping', 'sips:a.example'], 'a sip: URI is wanted'],
  [['ping', 'sip:127.0.0.1:0'], 'nothing listens on port 0'],
  [['ping', 'sip:127.0.0.1', '--count', '0'], '--count 0 is no number from 1 to 1000'],
  [['ping', 'sip:127.0.0.1', '--timeout', '33'], '--timeout 33 is no time up to 32 seconds'],
  [['ping', 'sip:127.0.0.1', '--resolve', 'x'], '--resolve wants host=address'],
])('wrong words: %j', async (argv, words) => {
  const { err, code } = await runCli(argv)
  expect(err).toContain(words)
  expect(code).toBe(2)
})

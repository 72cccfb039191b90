import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readMessage } from '../../src/run/message.ts'
import { bytesOf } from '../../src/sip/text.ts'
import { type Answering, closedPort, openResponder, openTcpResponder, sentValue } from '../support/responder.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-register-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})
writeFileSync(
  join(folder, 'trunkproof.yaml'),
  'credentials: { username: { env: SIP_USER }, password: { file: secret } }\n',
)
writeFileSync(join(folder, 'secret'), 'zanzibar\n')

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** RFC 2617 §3.2.2 by hand, qop=auth. */
const isRight = (authorization: string): boolean => {
  const value = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)`).exec(authorization)?.[1] ?? ''
  const a1 = md5('1000:registrar.test:zanzibar')
  const a2 = md5(`REGISTER:${value('uri')}`)
  const parts = [a1, value('nonce'), value('nc'), value('cnonce'), value('qop'), a2]
  return value('nonce') === 'dcd98b' && value('username') === '1000' && value('response') === md5(parts.join(':'))
}

const challenge = [
  'SIP/2.0 401 Unauthorized',
  'WWW-Authenticate: Digest realm="registrar.test", nonce="dcd98b", qop="auth"',
]

const granted = (request: string): readonly string[] => {
  const removes = sentValue(request, 'Expires') === '0'
  return ['SIP/2.0 200 OK', ...(removes ? [] : [`Contact: ${sentValue(request, 'Contact')};expires=45`])]
}

const registrar: Answering = (request) => (isRight(sentValue(request, 'Authorization')) ? granted(request) : challenge)

const registered = async (answering: Answering, flags: readonly string[] = [], env = { SIP_USER: '1000' }) => {
  const responder = await openResponder(answering)
  try {
    const ended = await runCli(['register', `sip:1000@127.0.0.1:${responder.port}`, ...flags], folder, env)
    return { ...ended, port: responder.port, requests: responder.requests }
  } finally {
    await responder.close()
  }
}

const parsed = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>

test('one REGISTER with digest, what was granted, and the binding away again', async () => {
  const { out, code, port, requests } = await registered(registrar, ['--json'])
  const contact = sentValue(requests[0] ?? '', 'Contact').slice(1, -1)
  expect(contact).toMatch(/^sip:1000@127\.0\.0\.1:\d+$/)
  expect(parsed(out)).toEqual({
    registered: true,
    status: 200,
    reason: 'OK',
    rttMs: expect.any(Number) as number,
    transport: 'udp',
    server: null,
    remote: `127.0.0.1:${port}`,
    aor: 'sip:1000@127.0.0.1',
    contact,
    expires: 45,
    bindings: [{ uri: contact, expires: 45 }],
    removed: true,
    warning: null,
  })
  expect(code).toBe(0)
  expect(requests.map((request) => sentValue(request, 'Expires'))).toEqual(['60', '60', '0', '0'])
})

test('the requests are valid, go to the domain, and are one registration: same Call-ID, rising CSeq (RFC 3261 §10.2)', async () => {
  const { requests, port } = await registered(registrar)
  expect(requests.map((request) => request.split('\r\n', 1)[0])).toEqual(
    Array<string>(4).fill(`REGISTER sip:127.0.0.1:${port} SIP/2.0`),
  )
  expect(new Set(requests.map((request) => sentValue(request, 'Call-ID'))).size).toBe(1)
  expect(requests.map((request) => sentValue(request, 'CSeq'))).toEqual([1, 2, 3, 4].map((seq) => `${seq} REGISTER`))
  expect(requests.flatMap((request) => readMessage(bytesOf(request)).report.faults)).toEqual([])
})

test('--keep leaves the binding, --expires asks for another time', async () => {
  const { out, requests } = await registered(registrar, ['--keep', '--expires', '300'])
  expect(requests.map((request) => sentValue(request, 'Expires'))).toEqual(['300', '300'])
  expect(out).toContain('granted for 45 s\n')
  expect(out).not.toContain('removed')
})

test('423 names a longer time, which is asked for (RFC 3261 §10.2.8)', async () => {
  const { out, code, requests } = await registered(
    (request) =>
      sentValue(request, 'Expires') === '60'
        ? ['SIP/2.0 423 Interval Too Brief', 'Min-Expires: 120']
        : granted(request),
    ['--keep'],
  )
  expect(requests.map((request) => sentValue(request, 'Expires'))).toEqual(['60', '120'])
  expect(out).toMatch(/^sip:1000@127\.0\.0\.1 is registered at /)
  expect(code).toBe(0)
})

test('a wrong password: not shown a second time (RFC 3261 §22.1), exit code 1, and nothing is removed', async () => {
  const { out, code, requests } = await registered(() => challenge, ['--json'])
  expect(parsed(out)).toMatchObject({ registered: false, status: 401, reason: 'Unauthorized', removed: null })
  expect(requests).toHaveLength(2)
  expect(code).toBe(1)
})

test('over TCP: registered, its Contact asks for TCP, and removed again', async () => {
  const responder = await openTcpResponder(registrar)
  const uri = `sip:1000@127.0.0.1:${responder.port};transport=tcp`
  const { out, code } = await runCli(['register', uri, '--json'], folder, { SIP_USER: '1000' })
  await responder.close()
  expect(parsed(out)).toMatchObject({ registered: true, transport: 'tcp', expires: 45, removed: true })
  expect(sentValue(responder.requests[0] ?? '', 'Contact')).toMatch(/^<sip:1000@127\.0\.0\.1:\d+;transport=tcp>$/)
  expect(responder.requests).toHaveLength(4)
  expect(code).toBe(0)
})

test.each([
  ['403 Forbidden', 'to do: check credentials: in trunkproof.yaml'],
  ['404 Not Found', 'to do: check the user: the registrar does not know it'],
  ['405 Method Not Allowed', 'to do: nobody registers there: a trunk is called without it'],
  ['503 Service Unavailable', 'to do: the registrar fails: look at its log'],
])('%s: not registered, and what to do', async (line, words) => {
  const { out, code } = await registered(() => [`SIP/2.0 ${line}`])
  expect(out).toContain(`: ${line}\n${words}\n`)
  expect(code).toBe(1)
})

const asks = (...challenges: readonly string[]): readonly string[] => [
  '401 Unauthorized',
  ...challenges.map((challenge) => `WWW-Authenticate: ${challenge}`),
]

test.each([
  [asks('Basic realm="x"'), 'it asks for Basic, and what is spoken here is Digest with MD5 or SHA-256'],
  [asks('Digest realm="x", nonce="n", algorithm=SHA-512-256'), 'it asks for Digest SHA-512-256, and what is'],
  [asks(), 'it brings no challenge that can be read, as a 401 must (RFC 3261 §22.2)'],
  [asks('Digest realm="x", nonce="n"'), 'check credentials: in trunkproof.yaml'],
  [['302 Moved', 'Contact: <sip:a@192.0.2.9>'], 'it says to register at sip:a@192.0.2.9: do so if you trust it'],
  [['302 Moved'], 'it says to register elsewhere, and not where'],
  [
    ['423 Interval Too Brief', 'Min-Expires: 4000000000'],
    'it grants no less than 4000000000 s, and 86400 s is the most',
  ],
  [['423 Interval Too Brief'], 'it grants no time so short, and does not say which: --expires 3600, as an example'],
])('%j: what it means', async (lines, words) => {
  const [first = '', ...more] = lines
  const { out, code } = await registered(() => [`SIP/2.0 ${first}`, ...more])
  expect(out).toContain(words)
  expect(code).toBe(1)
})

test('the longest time that we ask for is asked for where it is the least that is granted', async () => {
  const { requests } = await registered(
    (request) =>
      sentValue(request, 'Expires') === '60'
        ? ['SIP/2.0 423 Interval Too Brief', 'Min-Expires: 86400']
        : granted(request),
    ['--keep'],
  )
  expect(requests.map((request) => sentValue(request, 'Expires'))).toEqual(['60', '86400'])
})

test('nothing that a registrar says moves the cursor of a terminal', async () => {
  const told = asks('Ba\x1bsic realm="x"', '\x1b[2J realm="x"')
  for (const [first = '', ...more] of [told, ['302 Moved', 'Contact: <sip:\x1b[2J@192.0.2.9>']])
    expect((await registered(() => [`SIP/2.0 ${first}`, ...more])).out).not.toContain('\x1b')
})

test.each(['', ';transport=tcp'])('a closed port%s: not registered, and what to look at', async (params) => {
  const uri = `sip:1000@127.0.0.1:${await closedPort()}${params}`
  const { out, code } = await runCli(['register', uri], folder, { SIP_USER: '1000' })
  expect(out).toMatch(/is not registered: the port is closed: .*\nto do: check port and transport/)
  expect(code).toBe(1)
})

test('the password is nowhere in what is printed or sent', async () => {
  const { out, err, requests } = await registered(registrar)
  expect([out, err, ...requests].some((text) => text.includes('zanzibar'))).toBe(false)
})

test('an answer without our binding is told', async () => {
  const { out, code } = await registered(() => ['SIP/2.0 200 OK'], ['--keep'])
  expect(out).toContain('warning: the registrar did not list our Contact')
  expect(code).toBe(0)
})

test('a secret that is not set is told before anything is sent: exit code 2', async () => {
  const { err, code, requests } = await registered(registrar, [], { SIP_USER: '' })
  expect(err).toContain('the environment variable SIP_USER is not set')
  expect(code).toBe(2)
  expect(requests).toEqual([])
})

test.each([
  [['register', 'sip:127.0.0.1'], 'names no user'],
  [['register', 'sip:a@127.0.0.1', '--expires', '0'], '--expires 0 is no time from 1 to 86400 seconds'],
  [['register', 'sip:a@127.0.0.1', '--config', 'none.yaml'], 'none.yaml: there is no such file'],
])('wrong words: %j', async (argv, words) => {
  const { err, code } = await runCli(argv)
  expect(err).toContain(words)
  expect(code).toBe(2)
})

test('a 200 that lists only the contact of another is no registration (RFC 3261 §10.3)', async () => {
  const answering = () => ['SIP/2.0 200 OK', 'Contact: <sip:1000@192.0.2.77:5060>;expires=60']
  const { out, code } = await registered(answering, ['--json'])
  expect(parsed(out)).toMatchObject({ registered: false, status: 200, expires: null })
  expect(code).toBe(1)
  expect((await registered(answering)).out).toContain('its answer lists other contacts, and not ours')
})

test('a 200 that lists no contact at all is a registration with a warning (RFC 3261 §10.3)', async () => {
  const answering = () => ['SIP/2.0 200 OK']
  const { out, code } = await registered(answering, ['--json'])
  const { registered: accepted, expires, warning } = parsed(out)
  expect([accepted, expires, code]).toEqual([true, null, 0])
  expect(warning).toContain('the registrar did not list our Contact')
})

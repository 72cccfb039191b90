import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closedPort, openResponder, sentValue } from '../support/responder.ts'
import { runCli } from './support.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkproof-preflight-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const configured = (text: string): void => writeFileSync(join(folder, 'trunkproof.yaml'), text)

type Report = { readonly ready: boolean; readonly checks: readonly Record<'check' | 'verdict' | 'saw', string>[] }

const flown = async (...flags: readonly string[]) => {
  const { out, err, code } = await runCli(['preflight', '--json', ...flags], folder, {
    PATH: dirname(process.execPath),
  })
  const report = JSON.parse(out) as Report
  const of = (check: string) => report.checks.filter((line) => line.check === check)
  return { report, err, code, of }
}

test('without a target nothing is asked of the network', async () => {
  configured('profile: sinch/eu\nnumbers: { callee: "+12025550100" }\n')
  const { report, code } = await flown()
  expect(report.checks.map(({ check }) => check)).toEqual(['configuration', 'addresses', 'ports', 'clock'])
  expect(report.ready).toBe(true)
  expect(code).toBe(0)
})

test('a PBX that answers: names of the provider, which a run against it never asks for, need no address', async () => {
  configured('profile: sinch/eu\n')
  const responder = await openResponder(() => ['SIP/2.0 403 Forbidden'])
  const pbx = `sip:127.0.0.1:${responder.port}`
  const { code, of } = await flown('--pbx', pbx)
  await responder.close()
  expect(of('dns')).toEqual([])
  expect(of('next-hop')[0]?.saw).toMatch(`${pbx}: 403 Forbidden in `)
  expect(code).toBe(0)
  expect(responder.requests.map((request) => request.split(' ', 1)[0])).toEqual(['OPTIONS'])
})

test('the names that a run asks for are resolved: that of the next hop, and of the registrar of the phone', async () => {
  const extensions = '[{ user: "201", password: { file: pass } }]'
  configured(`profile: sinch/eu\nphone: { registrar: "sip:registrar.example.test", extensions: ${extensions} }\n`)
  writeFileSync(join(folder, 'pass'), 'secret\n')
  const responder = await openResponder(() => ['SIP/2.0 200 OK'])
  const uri = `sip:edge.example.test:${responder.port}`
  const resolved = ['--resolve', 'edge.example.test=127.0.0.1', '--resolve', 'registrar.example.test=192.0.2.7']
  const pbx = await flown('--pbx', uri, ...resolved)
  const trunk = await flown('--trunk', uri, ...resolved)
  const unnamed = await flown('--trunk', 'sip:host.invalid')
  await responder.close()
  const next = { verdict: 'ok', saw: 'edge.example.test is 127.0.0.1' }
  expect(pbx.of('dns')).toMatchObject([next, { verdict: 'ok', saw: 'registrar.example.test is 192.0.2.7' }])
  expect(trunk.of('dns')).toMatchObject([next])
  expect(unnamed.of('dns')).toMatchObject([{ verdict: 'fail', saw: 'no address for host.invalid' }])
})

test('the next hop is asked from the address of --bind', async () => {
  configured('{}\n')
  const responder = await openResponder(() => ['SIP/2.0 200 OK'])
  const { code } = await flown('--pbx', `sip:127.0.0.1:${responder.port}`, '--bind', '127.0.0.2')
  await responder.close()
  expect(code).toBe(0)
  expect(responder.requests.map((request) => sentValue(request, 'Via'))).toEqual([
    expect.stringMatching(/^SIP\/2\.0\/UDP 127\.0\.0\.2:/),
  ])
})

test('a next hop that is not there fails, with what to do: exit code 1', async () => {
  const port = await closedPort()
  configured(`pbx: sip:127.0.0.1:${port}\n`)
  const { report, code, of } = await flown()
  expect(of('next-hop')).toEqual([
    {
      check: 'next-hop',
      verdict: 'fail',
      saw: `sip:127.0.0.1:${port}: the port is closed: nothing listens there`,
      advice: 'port and transport (UDP, unless ;transport=tcp is said), and whether the program runs there',
    },
  ])
  expect(report.ready).toBe(false)
  expect(code).toBe(1)
})

test('a port that another program has', async () => {
  const other = createSocket('udp4')
  const port = await new Promise<number>((done) => void other.bind(0, '127.0.0.1', () => done(other.address().port)))
  const { code, of } = await flown('--bind', `127.0.0.1:${port}`)
  await new Promise<void>((done) => void other.close(() => done()))
  expect(of('ports')).toMatchObject([{ verdict: 'fail', saw: expect.stringContaining('EADDRINUSE') as string }])
  expect(code).toBe(1)
})

test('a clock behind the time of a file', async () => {
  configured('limits: { calls: 1 }\n')
  const future = new Date(Date.now() + 10 * 86_400_000)
  utimesSync(join(folder, 'trunkproof.yaml'), future, future)
  const { of } = await flown()
  expect(of('clock')).toMatchObject([{ verdict: 'fail', advice: 'set the clock' }])
})

test('a secret that is not set', async () => {
  configured('credentials: { username: { env: NO_USER }, password: { env: NO_PASS } }\n')
  const { of } = await flown()
  expect(of('configuration')).toMatchObject([{ verdict: 'fail', saw: 'the environment variable NO_USER is not set' }])
})

test('all that a run would refuse or miss is told: passwords of the phone, keys and programs of stimuli', async () => {
  configured(`phone: { extensions: [{ user: "201", password: { env: NO_PHONE_PASS } }] }
stimulus:
  dial: { http: { url: "http://127.0.0.1:9/dial", headers: { X-Key: { env: NO_PBX_KEY } } } }
  hold: { command: [./no-such-program, hold] }
  resume: { command: [no-such-program-in-path] }
  hang-up: { command: [${process.execPath}] }
  answer: { command: [node] }
`)
  const { of, report } = await flown()
  expect(of('configuration').map(({ verdict, saw }) => `${verdict} ${saw}`)).toEqual([
    'fail the environment variable NO_PBX_KEY is not set',
    'fail the environment variable NO_PHONE_PASS is not set',
    'fail stimulus.hold: there is no program ./no-such-program',
    'fail stimulus.resume: there is no program no-such-program-in-path',
  ])
  expect(report.ready).toBe(false)
})

test('people read a line for each, and what to do', async () => {
  const { out } = await runCli(['preflight'], folder)
  expect(out).toMatch(/^warn {2}configuration {2}there is no trunkproof\.yaml\n {21}to do: trunkproof init\n/)
})

test.each([
  [['--profile', 'sinch/xx'], 'there is no profile "sinch/xx"'],
  [['--bind', 'x'], '--bind x is no IP address'],
  [['--rtp-ports', '1'], '--rtp-ports 1 is no range'],
  [['--pbx', 'sips:a'], 'a sip: URI is wanted'],
  [['--pbx', 'sip:127.0.0.1', '--trunk', 'sip:127.0.0.1'], 'both --trunk and --pbx are given'],
  [['--pbx', 'sip:127.0.0.1', '--bind', '::1'], 'not both IPv4 or both IPv6'],
])('wrong words: %j', async (flags, words) => {
  const { err, code } = await runCli(['preflight', ...flags], folder)
  expect(err).toContain(words)
  expect(code).toBe(2)
})

test('the port is opened over the transport of the next hop, and over both where there is none', async () => {
  const other = createServer()
  const port = await new Promise<number>((done) => {
    other.listen(0, '127.0.0.1', () => done(Number(Object(other.address()).port)))
  })
  const saw = async (...flags: readonly string[]) => (await flown('--bind', `127.0.0.1:${port}`, ...flags)).of('ports')
  const closed = await closedPort()
  expect(await saw()).toMatchObject([{ verdict: 'fail' }])
  expect(await saw('--pbx', `sip:127.0.0.1:${closed};transport=tcp`)).toMatchObject([{ verdict: 'fail' }])
  expect(await saw('--pbx', `sip:127.0.0.1:${closed}`)).toMatchObject([
    {
      verdict: 'ok',
      saw: `opened: SIP 127.0.0.1:${port} over UDP; one pair of media ports, the others were not tried`,
    },
  ])
  await new Promise<void>((done) => void other.close(() => done()))
})

test.each([
  [[], 'ok', '; compared with no other clock'],
  [[`Date: ${new Date().toUTCString()}`], 'ok', '; the Date of the next hop says the same'],
  [['Date: Sat, 13 Nov 2010 23:29:00 GMT'], 'warn', ' s away'],
])('the clock and the Date of the answer: %j', async (date, verdict, words) => {
  configured('{}\n')
  const responder = await openResponder(() => ['SIP/2.0 200 OK', ...date])
  const { of } = await flown('--pbx', `sip:127.0.0.1:${responder.port}`)
  await responder.close()
  expect(of('clock')).toMatchObject([{ verdict, saw: expect.stringContaining(words) as string }])
})

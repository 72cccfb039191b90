import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { RunResult } from '../../src/report/result.ts'
import { runCli } from '../cli/support.ts'
import { catalogue, journalLines, keptRun } from '../support/embedded-run.ts'
import {
  type Answering,
  type Responder,
  closedPort,
  openResponder,
  openTcpResponder,
  sentValue,
} from '../support/responder.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-phone-'))
const yaml = (called: 'callee' | 'busy'): string =>
  `numbers: { callerId: "+46733478561", did: "+19876543210", ${called}: "+12345678900" }
phone: { extensions: [{ user: "201", password: { env: PHONE_PASS } }] }
`
writeFileSync(join(folder, 'trunkproof.yaml'), yaml('callee'))
afterAll(() => rmSync(folder, { recursive: true }))

const opened: Responder[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()))
})

const pbx = async (answering: Answering): Promise<Responder> => {
  const responder = await openResponder(answering)
  opened.push(responder)
  return responder
}
const env = { PHONE_PASS: 'phone-secret' }
const methodOf = (request: string): string => request.split(' ', 1)[0] ?? ''
const bound = (request: string) => ['SIP/2.0 200 OK', `Contact: ${sentValue(request, 'Contact')};expires=600`]

describe('the phone of a run', () => {
  test('whose registration is refused leaves the ladder inconclusive, and says why', async () => {
    const { port } = await pbx(() => ['SIP/2.0 403 Forbidden'])
    const args = ['run', '--pbx', `sip:127.0.0.1:${port}`, '--ladder', 'termination/busy', '--out', 'refused']
    writeFileSync(join(folder, 'busy.yaml'), yaml('busy'))
    const { code, out } = await runCli([...args, '--config', 'busy.yaml'], folder, env)
    expect(code).toBe(3)
    expect(out).toContain('the phone 201 is not registered: 403 Forbidden')
    const [ladder] = (JSON.parse(readFileSync(join(folder, 'refused/result.json'), 'utf8')) as RunResult).ladders
    expect(ladder?.findings.map(({ actual, advice }) => [actual, advice])).toEqual([
      [
        'the phone 201 is not registered: 403 Forbidden',
        'The PBX refuses user name or password: compare user, authUser and password of phone.extensions with its extension.',
      ],
    ])
  })

  test('is not tried again in a run once its account was refused: more would lock it', async () => {
    const { port, requests } = await pbx(() => ['SIP/2.0 403 Forbidden'])
    writeFileSync(join(folder, 'busy.yaml'), yaml('busy'))
    const args = ['run', '--pbx', `sip:127.0.0.1:${port}`, '--ladder', 'origination/*', '--out', 'once', '--json']
    const { code, out } = await runCli([...args, '--config', 'busy.yaml'], folder, env)
    expect(code).toBe(3)
    expect(requests.map(methodOf)).toEqual(['REGISTER'])
    expect(out.split('the phone 201 is not registered: 403 Forbidden').length).toBeGreaterThan(2)
  })

  test('wants its password before anything is sent', async () => {
    const { code, err } = await runCli(['run', '--pbx', 'sip:127.0.0.1:9', '--out', 'none'], folder, {})
    expect(code).toBe(2)
    expect(err).toContain('the environment variable PHONE_PASS is not set')
  })

  const tcpPbx = async (): Promise<Responder> => {
    const responder = await openTcpResponder(() => ['SIP/2.0 403 Forbidden'])
    opened.push(responder)
    return responder
  }
  const registering = async (uri: string, ...more: readonly string[]) => {
    const args = ['run', '--pbx', uri, '--ladder', 'termination/busy', '--out', 'over']
    return (await runCli([...args, ...more], folder, env)).out
  }
  const refused = 'the phone 201 is not registered: 403 Forbidden'

  test('registers at its PBX over the transport that the PBX is named with', async () => {
    const { port, requests } = await tcpPbx()
    writeFileSync(join(folder, 'own.yaml'), yaml('busy'))
    expect(await registering(`sip:127.0.0.1:${port};transport=tcp`, '--config', 'own.yaml')).toContain(refused)
    expect(requests.map((request) => sentValue(request, 'Contact'))).toEqual([
      expect.stringMatching(/^<sip:201@127\.0\.0\.1:\d+;transport=tcp>$/),
    ])
  })

  test('registers at a registrar of its own over the transport of that', async () => {
    const { port, requests } = await tcpPbx()
    const named = await pbx(() => undefined)
    const registrar = `registrar: "sip:127.0.0.1:${port};transport=tcp"`
    writeFileSync(join(folder, 'other.yaml'), yaml('busy').replace('phone: {', `phone: { ${registrar},`))
    expect(await registering(`sip:127.0.0.1:${named.port}`, '--config', 'other.yaml')).toContain(refused)
    expect(requests.map(methodOf)).toEqual(['REGISTER'])
    expect(named.requests).toEqual([])
  })

  test('behind the embedded PBX speaks the transport of the ladder', async () => {
    const ladders = catalogue.ladders.filter(({ id }) => id === 'phone/dials' || id === 'phone/rings')
    const { journal } = await keptRun({ profile: 'sinch/eu', sides: ['pbx'], ladders })
    const lines = journalLines(journal)
    const cellOf = (index: number): string =>
      lines.flatMap((line) => (line.type === 'ladder' && line.ladder === index ? [line.cell] : []))[0] ?? ''
    const spoken = lines.flatMap((line) => {
      if (line.type !== 'phone') return []
      const frames = lines.filter((one) => one.type === 'frame' && one.ladder === line.ladder)
      const overTcp = new Set(frames.map((one) => one.type === 'frame' && one.frame.stream !== undefined))
      return [{ wanted: cellOf(line.of).includes('transport=tcp'), overTcp: [...overTcp] }]
    })
    expect(spoken.filter(({ wanted }) => wanted)).toHaveLength(2)
    for (const { wanted, overTcp } of spoken) expect(overTcp).toEqual([wanted])
  })

  test('whose registrar is not there says what to look at', async () => {
    const named = await pbx(() => undefined)
    const registrar = `registrar: "sip:127.0.0.1:${await closedPort()};transport=tcp"`
    writeFileSync(join(folder, 'gone.yaml'), yaml('busy').replace('phone: {', `phone: { ${registrar},`))
    const { code, out } = await runCli(
      [
        'run',
        '--pbx',
        `sip:127.0.0.1:${named.port}`,
        '--ladder',
        'termination/busy',
        '--out',
        'gone',
        '--config',
        'gone.yaml',
      ],
      folder,
      env,
    )
    expect(code).toBe(3)
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Nothing answers REGISTER there: check phone.registrar and its transport, and that the PBX lets phones in at that address.',
    )
  })

  test('does not register over TLS, which is not spoken yet', async () => {
    writeFileSync(
      join(folder, 'tls.yaml'),
      'phone: { registrar: "sips:pbx.example.com", extensions: [{ user: "201", password: { env: PHONE_PASS } }] }',
    )
    const { code, err } = await runCli(['run', '--pbx', 'sip:127.0.0.1:9', '--config', 'tls.yaml'], folder, env)
    expect(code).toBe(2)
    expect(err).toContain(
      'phone.registrar: found "sips:pbx.example.com", allowed: a SIP URI as in sip:10.0.0.5:5060, over UDP or TCP',
    )
  })

  test('takes its registration away when the run is interrupted', async () => {
    let interrupt = (): void => undefined
    const responder = await pbx((request) => {
      if (methodOf(request) === 'INVITE') interrupt()
      return methodOf(request) === 'REGISTER' ? bound(request) : undefined
    })
    const program = new URL('../../bin/trunkproof.js', import.meta.url).pathname
    const args = ['run', '--pbx', `sip:127.0.0.1:${responder.port}`, '--ladder', 'origination/*', '--out', 'cut']
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...process.env, ...env, NO_COLOR: '1', CI: '1' },
      stdio: 'ignore',
    })
    interrupt = () => {
      interrupt = () => undefined // a second one ends the run at once
      child.kill('SIGINT')
    }
    expect(await once(child, 'close')).toEqual([130, null])
    const registers = responder.requests.filter((request) => methodOf(request) === 'REGISTER')
    expect(registers.map((request) => sentValue(request, 'Expires'))).toEqual(['600', '0'])
    const journal = readFileSync(join(folder, 'cut/journal.jsonl'), 'utf8')
    expect(journal).not.toContain('phone-secret')
    const sent = journalLines(journal).filter((line) => line.type === 'frame' && line.frame.tap === 'sent')
    expect(sent.filter((line) => line.type === 'frame' && line.cause === undefined)).toEqual([])
  })
})

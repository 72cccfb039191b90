import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { runCli } from '../cli/support.ts'
import { journalLines } from '../support/embedded-run.ts'
import { type Answering, type Responder, openResponder, sentValue } from '../support/responder.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-phone-'))
writeFileSync(
  join(folder, 'trunkproof.yaml'),
  `numbers: { callerId: "+46733478561", did: "+19876543210", callee: "+12345678900" }
phone: { extensions: [{ user: "201", password: { env: PHONE_PASS } }] }
`,
)
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
    writeFileSync(
      join(folder, 'busy.yaml'),
      readFileSync(join(folder, 'trunkproof.yaml'), 'utf8').replace('callee', 'busy'),
    )
    const { code, out } = await runCli([...args, '--config', 'busy.yaml'], folder, env)
    expect(code).toBe(3)
    expect(out).toContain('the phone 201 is not registered: 403 Forbidden')
  })

  test('wants its password before anything is sent', async () => {
    const { code, err } = await runCli(['run', '--pbx', 'sip:127.0.0.1:9', '--out', 'none'], folder, {})
    expect(code).toBe(2)
    expect(err).toContain('the environment variable PHONE_PASS is not set')
  })

  test('is registered by its PBX over UDP alone', async () => {
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

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type Responder, openResponder } from '../support/responder.ts'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-stimulus-'))
afterAll(() => rmSync(folder, { recursive: true }))
const opened: Responder[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ close }) => close()))
})

const env = { SIP_USER: 'key', SIP_PASS: 'hunter2' }

/** A PBX that is there, and is moved to dial by those means: `termination/busy` against it. */
const run = async (name: string, means: unknown) => {
  const pbx = await openResponder(() => ['SIP/2.0 200 OK'])
  opened.push(pbx)
  const config = {
    numbers: { callerId: '+46733478561', busy: '+12345678900' },
    credentials: { username: { env: 'SIP_USER' }, password: { env: 'SIP_PASS' } },
    stimulus: { dial: means },
  }
  writeFileSync(join(folder, `${name}.yaml`), JSON.stringify(config))
  const named = ['--pbx', `sip:127.0.0.1:${pbx.port}`, '--ladder', 'termination/busy']
  const ended = await runCli(['run', ...named, '--config', `${name}.yaml`, '--out', name], folder, env)
  return { ...ended, out: ended.out.replaceAll(/\s+/g, ' '), requests: pbx.requests }
}

const dials = (script: string) => ({ command: [process.execPath, '-e', script] })

test('a password that a program tells is in no report', async () => {
  const { out } = await run('secret', dials('process.stderr.write("401 for key:hunter2"); process.exit(1)'))
  expect(out).toContain('ended 1: 401 for key:***')
  const files = readdirSync(join(folder, 'secret'))
  expect(files).toContain('result.json')
  expect(files.filter((file) => readFileSync(join(folder, 'secret', file)).includes('hunter2'))).toEqual([])
})

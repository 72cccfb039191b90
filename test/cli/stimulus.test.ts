import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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

describe('means that do not work tell nothing of the PBX: inconclusive, with what to mend', () => {
  const refusing = createServer((_, response) => {
    response.statusCode = 500
    response.end()
  })
  beforeAll(() => new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve)))
  afterAll(() => new Promise((resolve) => refusing.close(resolve)))
  const url = (): string => {
    const at = refusing.address()
    return `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/dial`
  }

  test.each([
    ['absent', () => ({ command: ['/no/such'] }), 'the stimulus command /no/such did not start: '],
    ['failing', () => dials('process.exit(3)'), 'ended 3'],
    ['refused', () => ({ http: { url: url() } }), 'was answered 500'],
  ])('%s', async (name, means, why) => {
    const { out, code } = await run(name, means())
    expect(out).toContain(why)
    expect(out).toContain('mend stimulus.dial in trunkproof.yaml')
    expect(out).not.toContain('FAIL')
    expect(out).not.toContain('at fault: the PBX')
    expect(code).toBe(3)
  })

  test('a prompt without a terminal is known before anything is played', async () => {
    const { out, code, requests } = await run('prompt', { prompt: 'dial ${to}' })
    expect(out).toContain('stimulus.dial asks a person, and there is no terminal to ask at')
    expect(requests).toEqual([])
    expect(code).toBe(3)
  })
})

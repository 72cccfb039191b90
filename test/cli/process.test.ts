import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import type { RunResult } from '../../src/report/result.ts'
import { openResponder } from '../support/responder.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-process-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const program = new URL('../../bin/trunkproof.js', import.meta.url).pathname

const start = (...args: readonly string[]) => {
  const env = { ...process.env, NO_COLOR: '1', CI: '1' }
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const err: Buffer[] = []
  const out: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  const textOf = (chunks: readonly Buffer[]) => () => Buffer.concat(chunks).toString('utf8')
  return { child, err: textOf(err), out: textOf(out), closed: once(child, 'close') }
}

const resultOf = (name: string): RunResult => {
  const result: RunResult = JSON.parse(readFileSync(join(folder, name, 'result.json'), 'utf8'))
  return result
}

test('a reader that goes away after the first line, as head, ends no run', async () => {
  const { child, err, closed } = start('run', '--ladder', '*options*', '--out', 'head')
  child.stdout.once('data', () => child.stdout.destroy())
  expect(await closed).toEqual([0, null])
  expect(err()).toBe('')
  expect(resultOf('head').ladders).toHaveLength(4)
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends a run in good order, with its reports', async (signal) => {
  const { child, err, closed } = start('run', '--out', signal)
  child.stdout.once('data', () => child.kill(signal))
  expect(await closed).toEqual([130, null])
  expect(err()).toBe('interrupted: hanging up and writing what was seen; once more to end at once\n')
  const { interrupted, summary } = resultOf(signal)
  expect(interrupted).toBe(true)
  expect({ ...summary, pass: 0, inconclusive: 0 }).toEqual({
    ...{ pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0, notApplicable: 0, info: 0, waived: 0 },
  })
})

test('a terminal that goes away ends a run in good order, though nothing more can be written to it', async () => {
  const command = `"${process.execPath}" "${program}" run --out terminal`
  // The fourth pipe is open until the program has ended, which is no child of ours.
  const stdio = ['pipe', 'pipe', 'pipe', 'pipe'] as const
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: [...stdio],
  })
  child.stdout.once('data', () => child.kill('SIGKILL'))
  for (const pipe of child.stdio.slice(2)) if (pipe instanceof Readable) pipe.resume()
  await once(child, 'close')
  expect(resultOf('terminal').interrupted).toBe(true)
})

test.each(['clean, ', 'found by'])('SIGINT ends a selftest, at "%s", with one line', async (sign) => {
  const { child, err, out, closed } = start('selftest', 'vonage/eu', '--fault', 'auth-*', '--fault', 'ack-lost')
  const stopAt = (): void => {
    if (!out().includes(sign)) return
    child.stdout.off('data', stopAt)
    child.kill('SIGINT')
  }
  child.stdout.on('data', stopAt)
  expect(await closed).toEqual([130, null])
  expect(err()).toBe('interrupted; once more to end at once\n')
  const lines = out().trimEnd().split('\n')
  expect(lines.at(-1)).toMatch(/^not finished: (\d+) faults were tried, and \1 of them found$/)
  expect(lines.filter((line) => !line.startsWith('vonage/eu: '))).toHaveLength(1)
  expect(lines.filter((line) => / [1-9]\d* (?:failures|false alarms)|MISSED/.test(line))).toEqual([])
})

test('what is as in the baseline fails in no live line either', async () => {
  const pbx = await openResponder(() => ['SIP/2.0 503 Service Unavailable'])
  const args = ['run', '--pbx', `sip:127.0.0.1:${pbx.port}`, '--ladder', 'options/ping-pbx']
  const before = start(...args, '--out', 'before')
  expect(await before.closed).toEqual([1, null])
  const after = start(...args, '--out', 'after', '--baseline', 'before/result.json')
  expect(await after.closed).toEqual([0, null])
  await pbx.close()
  expect(before.out()).toContain('FAIL')
  expect(after.out()).toContain('WAIVED')
  expect(after.out()).not.toContain('FAIL')
})

test('SIGINT ends pings with what they came to: exit code 130', async () => {
  const responder = await openResponder(() => ['SIP/2.0 200 OK'])
  const { child, err, out, closed } = start('ping', `sip:127.0.0.1:${responder.port}`, '--count', '1000')
  child.stdout.once('data', () => child.kill('SIGINT'))
  expect(await closed).toEqual([130, null])
  await responder.close()
  expect(err()).toBe('interrupted\n')
  expect(out()).toMatch(/answered 1 of 1, \d+\.\d ms on average\n$/)
})

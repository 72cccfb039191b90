import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { askInit, writeInit } from '../../src/run/init.ts'
import { answeringAtTerminal, runCli } from './support.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trunkproof-init-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const written = (): string => readFileSync(join(folder, 'trunkproof.yaml'), 'utf8')

test('--yes asks nothing and writes a file that is right', async () => {
  expect(await runCli(['init', '--yes'], folder)).toEqual({
    out: 'trunkproof.yaml is written; next: trunkproof preflight\n',
    err: '',
    code: 0,
  })
  expect(parse(written())).toEqual({ profile: 'sinch/eu', limits: { calls: 50, seconds: 600 } })
  expect((await runCli(['validate', 'trunkproof.yaml'], folder)).code).toBe(0)
})

test('its first line names a schema that is there', async () => {
  await runCli(['init', '--yes'], folder)
  const schema = /^# yaml-language-server: \$schema=(.+)\n/.exec(written())?.[1] ?? ''
  expect(readFileSync(join(folder, schema), 'utf8')).toContain('"title": "trunkproof.yaml"')
})

test.each(['pbx', 'trunk'])('what stands in it as a comment is right, too, with a %s under test', async (side) => {
  await runCli(['init', '--yes'], folder)
  const all = written().replaceAll(/^# ([a-z]+: .*|numbers:| {2}\S.*)$/gm, '$1')
  writeFileSync(
    join(folder, 'trunkproof.yaml'),
    all.replaceAll(/^#.*\n/gm, '').replace(side === 'pbx' ? /^trunk: .*\n/m : /^pbx: .*\n/m, ''),
  )
  expect(await runCli(['validate', 'trunkproof.yaml'], folder)).toMatchObject({ err: '', code: 0 })
  expect(Object.keys(parse(written()) as object)).toEqual([
    'profile',
    side,
    'numbers',
    'credentials',
    'stimulus',
    'limits',
  ])
})

test('it is never written over one that is there, but with --force', async () => {
  writeFileSync(join(folder, 'trunkproof.yaml'), 'mine')
  const { err, code } = await runCli(['init', '--yes'], folder)
  expect({ err, code }).toEqual({
    err: 'error: trunkproof.yaml is there already; try trunkproof init --force to write it anew\n',
    code: 2,
  })
  expect(written()).toBe('mine')
  expect((await runCli(['init', '--yes', '--force', '--pbx', 'sip:10.0.0.5'], folder)).code).toBe(0)
  expect(parse(written())).toMatchObject({ pbx: 'sip:10.0.0.5' })
})

test('without a terminal and without --yes nothing is asked: exit code 2', async () => {
  const { err, code } = await runCli(['init'], folder)
  expect(err).toContain('try trunkproof init --yes')
  expect(code).toBe(2)
})

test.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s at a question ends it, and nothing is written: exit code 130', async (_, key) => {
  const { out, code } = await answeringAtTerminal(['init'], { cwd: folder, prompt: 'Enter: ', key })
  expect(out).toMatch(/interrupted: nothing is written\r\n$/)
  expect(out).not.toContain('error')
  expect(code).toBe(130)
  expect(existsSync(join(folder, 'trunkproof.yaml'))).toBe(false)
})

test.each([
  [['--profile', 'nix'], 'profile "nix" is not one of sinch/apse1,'],
  [['--pbx', '10.0.0.5'], 'pbx "10.0.0.5" is not a SIP URI as in sip:10.0.0.5:5060'],
  [['--profile', 'sinch/base'], 'profile "sinch/base" is not one of sinch/apse1,'],
  [['--pbx', 'sips:a.example'], 'pbx "sips:a.example" is not a SIP URI as in sip:10.0.0.5:5060, over UDP or TCP'],
  [['--pbx', 'sip:a.example;transport=tls'], 'tls is not spoken yet'],
  [['--pbx', 'sip:a.example:99999'], 'is not a SIP URI'],
  [['--pbx', `sip:${'a'.repeat(300)}`], `pbx "sip:${'a'.repeat(53)}..." is not a SIP URI`],
  [['--pbx', 'sip:a.example', '--trunk', 'sip:b.example'], 'both a PBX and a trunk are given'],
])('wrong words: %j', async (flags, words) => {
  const { err, code } = await runCli(['init', '--yes', ...flags], folder)
  expect(err).toContain(words)
  expect(code).toBe(2)
})

test('the answers to its questions stand in the file; a wrong one is asked again, an emergency number too', async () => {
  const script = ['vonage/eu', 'pbx', 'sip:10.0.0.5', '+12025550100', '+1911', '', '+12025550102']
  const asked: string[] = []
  const answers = await askInit((question) => {
    asked.push(question)
    return Promise.resolve(script[asked.length - 1] ?? '')
  })
  expect(asked).toHaveLength(script.length)
  expect(asked[2]).toContain('"pbx" is not a SIP URI')
  expect(asked[5]).toContain('"+1911" is not numbers that may be called')
  expect(writeInit(answers, folder, false).ok).toBe(true)
  expect(parse(written())).toEqual({
    profile: 'vonage/eu',
    pbx: 'sip:10.0.0.5',
    numbers: { callerId: '+12025550100', did: '+12025550102' },
    limits: { calls: 50, seconds: 600 },
  })
})

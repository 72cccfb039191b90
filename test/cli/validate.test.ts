import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-validate-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const validate = async (text: string) => {
  writeFileSync(join(folder, 'x.yaml'), text)
  return runCli(['validate', 'x.yaml'], folder)
}

test('files of the package are told apart by what stands in them', async () => {
  const files = ['profiles/sinch/eu.yaml', 'scenarios/termination/busy.yaml', 'faults/ack-lost.yaml']
  expect(await runCli(['validate', ...files])).toEqual({
    out: 'profiles/sinch/eu.yaml: a right profile\nscenarios/termination/busy.yaml: a right ladder\nfaults/ack-lost.yaml: a right fault\n',
    err: '',
    code: 0,
  })
})

test('a right trunkproof.yaml', async () => {
  expect(await validate('profile: sinch/eu\nnumbers: { callee: "+12025550100" }\n')).toEqual({
    out: 'x.yaml: a right configuration\n',
    err: '',
    code: 0,
  })
})

test('a wrong profile: file, line, column, path, what was found and what is allowed', async () => {
  const { err, code } = await validate('id: a/b\nsignalling:\n  hosts: [h]\n  ports: { udp: abc }\n')
  expect(code).toBe(2)
  expect(err.split('\n')).toContain(
    'x.yaml:4:17: signalling.ports.udp: found "abc", allowed: a whole number from 1 to 65535',
  )
})

test('a wrong ladder', async () => {
  const { err, code } = await validate(
    'id: a/b\ntitle: T\npurpose: P\ntests: [pbx]\nladder:\n  - pbx -> trunk: INVITE\n    trunk -> pbx: 200\n',
  )
  expect(code).toBe(2)
  expect(err).toContain('x.yaml:7:5: ladder[0]: found the key "trunk -> pbx"')
  expect(err).toContain('a dash is missing?')
})

test('what is no YAML', async () => {
  const { err, code } = await validate('a: [b\n')
  expect(code).toBe(2)
  expect(err).toMatch(/^x\.yaml:\d+:\d+: found .*, allowed: YAML 1\.2\n/)
})

const waiver = (words: string): string => `waivers:\n  - { owner: Ann, reason: r, until: 2026-12-31, ${words} }\n`
const fault = readFileSync('faults/ack-lost.yaml', 'utf8')
const profile = readFileSync('profiles/vonage/eu.yaml', 'utf8')

describe('what a file names must be known', () => {
  test.each([
    ['profile: sinch/ue\n', '1:10: profile: found "sinch/ue", allowed: one of: sinch/apse1, '],
    ['profile: sinch/base\n', '1:10: profile: found "sinch/base", allowed: one of: sinch/apse1, '],
    ['supports: { hold: true, holding: true }\n', '1:25: supports: found the key "holding", allowed: one of: '],
    [
      waiver('check: from-hots'),
      'waivers[0].check: found "from-hots", allowed: the id of a check, see trunkproof list',
    ],
    [waiver('check: from-host, ladder: "x/*"'), 'waivers[0].ladder: found "x/*", allowed: the id of a ladder'],
    [waiver('check: from-host, profile: nix'), 'waivers[0].profile: found "nix", allowed: one of: sinch/apse1'],
    [fault.replace(/^check: .*$/m, 'check: nix'), 'check: found "nix", allowed: the id of a check'],
    [fault.replace(/^ladders: .*$/m, 'ladders: [nix/nix]'), 'ladders[0]: found "nix/nix", allowed: the id of a ladder'],
    [profile.replace('VON-CLI-01', 'VON-CLI-99'), 'found "VON-CLI-99", allowed: a row of the requirements'],
    [profile.replace('  auth-realm:', '  auth-relm:'), 'requirements: found the key "auth-relm", allowed: the id of a'],
  ])('file %#', async (text, words) => {
    const { out, err, code } = await validate(text)
    expect(err).toMatch(/^x\.yaml:\d+:\d+: [^\n]+\n$/)
    expect(err).toContain(words)
    expect({ out, code }).toEqual({ out: '', code: 2 })
  })

  test.each([
    'profile: sinch/eu\nsupports: { hold: true, two-calls: false }\n',
    waiver('check: from-host, ladder: "termination/*", profile: "sinch/*"'),
    fault,
    profile,
  ])('and is right where it is: file %#', async (text) => {
    expect((await validate(text)).err).toBe('')
  })

  test('every file of the package is right', async () => {
    const files = ['profiles', 'scenarios', 'faults'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => `${folder}/${name}`),
    )
    expect(files.length).toBeGreaterThan(100)
    expect(await runCli(['validate', ...files])).toMatchObject({ err: '', code: 0 })
  })
})

test('one wrong file among right ones: all are checked, exit code 2', async () => {
  const right = join(process.cwd(), 'profiles/vonage/eu.yaml')
  expect(await runCli(['validate', 'none.yaml', right], folder)).toEqual({
    out: `${right}: a right profile\n`,
    err: 'none.yaml: there is no such file or folder; try a file that can be read, as in trunkproof validate trunkproof.yaml\n',
    code: 2,
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
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

test('one wrong file among right ones: all are checked, exit code 2', async () => {
  const right = join(process.cwd(), 'profiles/vonage/eu.yaml')
  expect(await runCli(['validate', 'none.yaml', right], folder)).toEqual({
    out: `${right}: a right profile\n`,
    err: 'none.yaml: there is no such file or folder\n',
    code: 2,
  })
})

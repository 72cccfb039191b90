import { describe, expect, test } from 'vitest'
import { runCli } from './support.ts'

describe('a usage error is one line that says what was wrong and what to do, and exit code 2', () => {
  test.each([
    [['lst'], "error: unknown command 'lst' (Did you mean list?); try trunkproof --help\n"],
    [['list', 'profile'], 'try trunkproof list --help\n'],
    [['show'], "error: missing required argument 'id'; try trunkproof show --help\n"],
    [['list', 'profiles', '--colour'], "error: unknown option '--colour'; try trunkproof list --help\n"],
    [['show', 'nothing/such'], 'error: nothing is called "nothing/such"; try trunkproof list ladders\n'],
  ])('%j', async (argv, text) => {
    const { out, err, code } = await runCli(argv)
    expect(code).toBe(2)
    expect(err).toContain(text)
    expect(err.split('\n')).toHaveLength(2)
    expect(out).toBe('')
  })
})

test('without a command the help is shown, and nothing was proved: exit code 2', async () => {
  const { err, code } = await runCli([])
  expect(code).toBe(2)
  expect(err).toContain('Usage: trunkproof')
})

test.each([[['--help']], [['list', '--help']]])('%j is no error', async (argv) => {
  const { out, err, code } = await runCli(argv)
  expect({ err, code }).toEqual({ err: '', code: 0 })
  expect(out).toContain('Usage: trunkproof')
})

test('--version is that of the package', async () => {
  expect((await runCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

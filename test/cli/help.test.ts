import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runCli } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-help-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** The files that examples name. */
copyFileSync('fixtures/rfc4475/inv2543.dat', join(folder, 'invite.sip'))
writeFileSync(join(folder, 'trunkproof.yaml'), 'profile: sinch/eu\n')

const namesIn = (help: string): readonly string[] =>
  help
    .slice(help.indexOf('\nCommands:'))
    .split('\n')
    .flatMap((line) => /^ {2}([a-z][a-z-]*)/.exec(line)?.[1] ?? [])
    .filter((name) => name !== 'help')

/** `  trunkproof show x   what it does` to its words; before a pipe stands another program. */
const wordsOf = (line: string): readonly string[] =>
  (line.trim().split('|').at(-1)?.trim().split(/ {2,}/, 1)[0] ?? '')
    .split(' ')
    .slice(1)
    .map((word) => word.replaceAll("'", ''))

const examplesIn = (help: string): readonly string[] => {
  const [, examples = ''] = help.split(/^Examples?:\n/m)
  return (examples.split('\n\n', 1)[0] ?? '').split('\n').filter((line) => line.includes('trunkproof '))
}

const names = namesIn((await runCli(['--help'])).out)
const examples = (
  await Promise.all(names.map(async (name) => [name, examplesIn((await runCli([name, '--help'])).out)] as const))
).flatMap(([name, lines]) => lines.map((line) => ({ name, argv: wordsOf(line) })))

test.each(names)('%s --help has an example of that command', (name) => {
  const firsts = examples.filter((example) => example.name === name).map(({ argv }) => argv[0])
  expect([...new Set(firsts)]).toEqual([name])
})

describe('the words of each example are understood', () => {
  test.each(examples.map(({ argv }) => argv.join(' ')))('trunkproof %s', async (line) => {
    // Refused for this one alone, so that nothing is sent.
    const { err, code } = await runCli([...line.split(' '), '--no-such-option'], folder)
    expect(err).toContain("unknown option '--no-such-option'")
    expect(code).toBe(2)
  })
})

/** Needs no network, no standard input, no terminal, no run before it, and no patience. */
const runsAnywhere = ({ name, argv }: (typeof examples)[number]): boolean =>
  ['list', 'show', 'validate', 'message', 'init', 'coverage', 'completion'].includes(name) &&
  !argv.includes('-') &&
  argv.join(' ') !== 'init'

describe('the examples that need nothing but this folder do what they say', () => {
  test.each(examples.filter(runsAnywhere).map(({ argv }) => argv.join(' ')))('trunkproof %s', async (line) => {
    const { err, code } = await runCli(line.split(' '), folder)
    expect({ err, code }).toEqual({ err: '', code: 0 })
  })
})

import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runCli } from './support.ts'

const script = runCli(['completion', 'bash'])

/** What bash itself offers behind these words; the last one is what is being typed. */
const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { out } = await script
  const line = ['trunkproof', ...words].map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _trunkproof; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', `${out}${ask}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

test('bash completes commands', async () => {
  expect(await offered('re')).toEqual(['report', 'register'])
})

test('bash completes the options of the command that was typed', async () => {
  expect(await offered('ping', '--t')).toEqual(['--timeout'])
  expect(await offered('message', '--')).toEqual(['--json', '--help'])
})

test.each([
  ['message', ''],
  ['message', 'x'],
  ['validate', ''],
  ['inspect', ''],
  ['run', '--baseline', ''],
  ['inspect', '--strict', ''],
  ['report', '--out', ''],
])('bash is left to complete files behind %s %s', async (...words) => {
  expect(await offered(...words)).toEqual([''])
})

test('bash offers options where a dash is typed, commands where none is', async () => {
  expect(await offered('')).toContain('preflight')
  expect(await offered('')).not.toContain('--help')
  expect(await offered('-')).toEqual(['--version', '--debug', '--help'])
  expect(await offered('list', '-')).toEqual(['--help'])
})

test.each([
  [
    ['list', ''],
    ['profiles', 'ladders', 'checks', 'faults'],
  ],
  [['completion', 'z'], ['zsh']],
  [['run', 'vonage/'], ['vonage/eu']],
  [['run', '--json', 'vonage/'], ['vonage/eu']],
  [['selftest', 'vonage/eu', 'sinch/e'], ['sinch/eu']],
  [['run', '--ladder', 'termination/bu'], ['termination/busy']],
  [['inspect', '--profile', 'vonage/'], ['vonage/eu']],
  [['inspect', '--profile', '=', 'vonage/'], ['vonage/eu']],
  [
    ['call', '--codec', ''],
    ['PCMU', 'PCMA'],
  ],
  [
    ['call', '--codec', '='],
    ['PCMU', 'PCMA'],
  ],
  [
    ['run', '--transport', ''],
    ['udp', 'tcp'],
  ],
  [
    ['inspect', '--export', ''],
    ['call', 'wav'],
  ],
  [['show', 'auth-realm-w'], ['auth-realm-wrong']],
  [['show', 'SINCH-NUM-01'], ['SINCH-NUM-01']],
])('bash completes values: %j', async (words, values) => {
  expect(await offered(...words)).toEqual(values)
})

test('fish has a line for each command and option, quotes escaped', async () => {
  const { out, code } = await runCli(['completion', 'fish'])
  expect(code).toBe(0)
  expect(out).toContain("complete -c trunkproof -n '__fish_seen_subcommand_from ping' -l count -r\n")
  expect(out).toContain("complete -c trunkproof -n '__fish_seen_subcommand_from call' -l codec -x -a 'PCMU PCMA'\n")
  expect(out).toContain(
    "complete -c trunkproof -n '__fish_seen_subcommand_from list' -f -a 'profiles ladders checks faults'\n",
  )
  expect(out.split('\n').every((line) => line === '' || line.startsWith('complete -c trunkproof -n '))).toBe(true)
})

test('zsh takes the script of bash', async () => {
  const [bash, zsh] = await Promise.all([script, runCli(['completion', 'zsh'])])
  expect(zsh.out).toBe(`autoload -U +X bashcompinit && bashcompinit\n${bash.out}`)
})

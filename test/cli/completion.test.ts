import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runCli } from './support.ts'

/** What bash itself offers behind these words; the last one is what is being typed. */
const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { out } = await runCli(['completion', 'bash'])
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

test('bash is left to complete files where nothing fits', async () => {
  expect(await offered('message', 'x')).toEqual([''])
})

test('fish has a line for each command and option, quotes escaped', async () => {
  const { out, code } = await runCli(['completion', 'fish'])
  expect(code).toBe(0)
  expect(out).toContain("complete -c trunkproof -n '__fish_seen_subcommand_from ping' -l count\n")
  expect(out.split('\n').every((line) => line === '' || line.startsWith('complete -c trunkproof -n '))).toBe(true)
})

test('zsh takes the script of bash', async () => {
  const [bash, zsh] = await Promise.all([runCli(['completion', 'bash']), runCli(['completion', 'zsh'])])
  expect(zsh.out).toBe(`autoload -U +X bashcompinit && bashcompinit\n${bash.out}`)
})

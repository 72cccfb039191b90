import { runCli } from './support.ts'

/** One line of an example in `--help`: what stands before a pipe is another program, which gives standard input. */
export type Example = { readonly name: string; readonly argv: readonly string[]; readonly isPiped: boolean }

const namesIn = (help: string): readonly string[] =>
  help
    .slice(help.indexOf('\nCommands:'))
    .split('\n')
    .flatMap((line) => /^ {2}([a-z][a-z-]*)/.exec(line)?.[1] ?? [])
    .filter((name) => name !== 'help')

/** `  trunkproof show x   what it does` to its words. */
const wordsOf = (line: string): readonly string[] =>
  (line.trim().split('|').at(-1)?.trim().split(/ {2,}/, 1)[0] ?? '')
    .split(' ')
    .slice(1)
    .map((word) => word.replaceAll("'", ''))

const linesIn = (help: string): readonly string[] => {
  const [, examples = ''] = help.split(/^Examples?:\n/m)
  return (examples.split('\n\n', 1)[0] ?? '').split('\n').filter((line) => line.includes('trunkproof '))
}

export const commandNames = namesIn((await runCli(['--help'])).out)

/** Every example of every command. */
export const examples: readonly Example[] = (
  await Promise.all(
    commandNames.map(async (name) =>
      linesIn((await runCli([name, '--help'])).out).map((line) => ({
        name,
        argv: wordsOf(line),
        isPiped: line.includes('|'),
      })),
    ),
  )
).flat()

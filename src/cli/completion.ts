import { Argument, type Command, type Option } from 'commander'
import type { Completable } from '../run/completable.ts'
import type { CliIo } from './io.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

/** An option; `values` where it takes one, none where those are files or anybody's words. */
type Flag = { readonly long: string; readonly values?: readonly string[] }

/** A command: its options, and what may stand as its argument, if that is known. */
type Word = {
  readonly name: string
  readonly about: string
  readonly flags: readonly Flag[]
  readonly values: readonly string[]
}

const flagsOf = (options: readonly Option[], known: Completable): readonly Flag[] =>
  options.flatMap(({ long, required }) => {
    if (typeof long !== 'string') return []
    return [required ? { long, values: known.options.get(long) ?? [] } : { long }]
  })

const wordsOf = (program: Command, known: Completable): readonly Word[] =>
  program.commands.map((command) => {
    const [argument] = command.registeredArguments
    return {
      name: command.name(),
      about: command.description(),
      flags: [...flagsOf(command.options, known), { long: '--help' }],
      values: argument?.argChoices ?? known.arguments.get(argument?.name() ?? '') ?? [],
    }
  })

const longs = (flags: readonly Flag[]): string => flags.map(({ long }) => long).join(' ')

type Case = readonly [pattern: string, words: string]

const cases = (indent: string, rows: readonly Case[]): string =>
  rows.map(([pattern, words]) => `${indent}${pattern}) words="${words}" ;;`).join('\n')

/** The options that take a value, with what is known of it; one name means the same in all commands. */
const valued = (words: readonly Word[]): readonly Case[] => [
  ...new Map(
    words.flatMap(({ flags }) =>
      flags.flatMap(({ long, values }) => (values === undefined ? [] : [[long, values.join(' ')] as const])),
    ),
  ),
]

/**
 * Options where a `-` was typed, else values by the option or the command before. Where none is known bash completes files.
 * It takes `--option=value` for three words.
 */
const bash = (words: readonly Word[], general: readonly Flag[]): string => `_trunkproof() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$current" = "=" ]; then
    current=""
  elif [ "$before" = "=" ]; then
    before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  case "$before" in
${cases('    ', valued(words))}
    *)
      case "$COMP_CWORD $current" in
        "1 -"*) words="${longs(general)}" ;;
        "1 "*) words="${words.map(({ name }) => name).join(' ')}" ;;
        *" -"*)
          case "\${COMP_WORDS[1]}" in
${cases(
  '            ',
  words.map(({ name, flags }) => [name, longs(flags)]),
)}
          esac
          ;;
        *)
          case "\${COMP_WORDS[1]}" in
${cases(
  '            ',
  words.flatMap(({ name, values }) => (values.length === 0 ? [] : [[name, values.join(' ')] as const])),
)}
          esac
          ;;
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _trunkproof trunkproof
`

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** `-x` and `-f` where files are none of the values, `-r` where they may be. */
const fishValues = (values: readonly string[] | undefined): string => {
  if (values === undefined) return ''
  return values.length === 0 ? ' -r' : ` -x -a ${fishQuoted(values.join(' '))}`
}

const fish = (words: readonly Word[], general: readonly Flag[]): string =>
  [
    ...general.map(({ long }) => `complete -c trunkproof -n __fish_use_subcommand -l ${long.slice(2)}`),
    ...words.flatMap(({ name, flags, values, about }) => [
      `complete -c trunkproof -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(about)}`,
      ...(values.length === 0
        ? []
        : [`complete -c trunkproof -n '__fish_seen_subcommand_from ${name}' -f -a ${fishQuoted(values.join(' '))}`]),
      ...flags.map(
        ({ long, values: of }) =>
          `complete -c trunkproof -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)}${fishValues(of)}`,
      ),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('')

const scriptOf = (shell: Shell, program: Command, known: Completable): string => {
  const words = wordsOf(program, known)
  const general = [...flagsOf(program.options, known), { long: '--help' }]
  if (shell === 'fish') return fish(words, general)
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash(words, general)}` : bash(words, general)
}

const examples = `
Examples:
  trunkproof completion bash
  trunkproof completion zsh

To have it in each shell: trunkproof completion bash > ~/.local/share/bash-completion/completions/trunkproof,
or source <(trunkproof completion zsh) in ~/.zshrc,
or trunkproof completion fish > ~/.config/fish/completions/trunkproof.fish`

export const addCompletionCommand = (program: Command, io: CliIo): void => {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText('after', examples)
    .action(async (shell: Shell) => {
      const { completable } = await import('../run/completable.ts')
      io.out(scriptOf(shell, program, await completable()))
    })
}

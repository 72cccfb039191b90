import { Argument, type Command } from 'commander'
import type { CliIo } from './io.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

type Word = { readonly name: string; readonly options: readonly string[]; readonly about: string }

const wordsOf = (program: Command): readonly Word[] =>
  program.commands.map((command) => ({
    name: command.name(),
    options: [...command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : [])), '--help'],
    about: command.description(),
  }))

/** `compgen` of the command's own words; files where none fits. */
const bash = (words: readonly Word[]): string => `_trunkproof() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${words.map(({ name }) => name).join(' ')} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${words.map(({ name, options }) => `      ${name}) words="${options.join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _trunkproof trunkproof
`

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const fish = (words: readonly Word[]): string =>
  words
    .flatMap(({ name, options, about }) => [
      `complete -c trunkproof -n __fish_use_subcommand -a ${name} -d ${fishQuoted(about)}`,
      ...options.map(
        (option) => `complete -c trunkproof -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
      ),
    ])
    .map((line) => `${line}\n`)
    .join('')

const scriptOf = (shell: Shell, words: readonly Word[]): string => {
  if (shell === 'fish') return fish(words)
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}` : bash(words)
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
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText('after', examples)
    .action((shell: Shell) => io.out(scriptOf(shell, wordsOf(program))))
}

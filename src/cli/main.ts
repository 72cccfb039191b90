import { Command, CommanderError } from 'commander'
import { packageVersion } from '../run/version.ts'
import { type CliIo, complain, usage } from './io.ts'
import { addCoverageCommand } from './coverage.ts'
import { addCallCommand } from './call.ts'
import { addCompletionCommand } from './completion.ts'
import { addInitCommand } from './init.ts'
import { addInspectCommand } from './inspect.ts'
import { addListCommand } from './list.ts'
import { addMessageCommand } from './message.ts'
import { addPingCommand } from './ping.ts'
import { addPreflightCommand } from './preflight.ts'
import { addRegisterCommand } from './register.ts'
import { addReportCommand } from './report.ts'
import { addRunCommand } from './run.ts'
import { addSelftestCommand } from './selftest.ts'
import { addShowCommand } from './show.ts'
import { addValidateCommand } from './validate.ts'

const description =
  'Proves that a SIP trunk works: plays the provider against the PBX, or the PBX against the provider, and judges every message and packet against what the provider documents.'

const createProgram = (io: CliIo): Command => {
  const program = new Command('trunkproof')
  // Before the commands are made: they inherit both.
  program.exitOverride().configureOutput({ writeOut: io.out, writeErr: () => undefined })
  program
    .description(description)
    .version(packageVersion(), '--version', 'print the version')
    .option('--debug', 'print a stack trace where trunkproof itself is at fault')
    .showSuggestionAfterError()
  addRunCommand(program, io)
  addInspectCommand(program, io)
  addReportCommand(program, io)
  addCoverageCommand(program, io)
  addListCommand(program, io)
  addShowCommand(program, io)
  addValidateCommand(program, io)
  addInitCommand(program, io)
  addPreflightCommand(program, io)
  addPingCommand(program, io)
  addRegisterCommand(program, io)
  addCallCommand(program, io)
  addMessageCommand(program, io)
  addSelftestCommand(program, io)
  addCompletionCommand(program, io)
  return program
}

/** commander's own words without `error: ` and its line break before a suggestion. */
const oneLine = (message: string): string => message.replace('error: ', '').replaceAll('\n', ' ').trim()

const commandNames = (program: Command): readonly string[] => program.commands.map((command) => command.name())

/** Runs one command line; `argv` is without the program's own name. Never rejects. */
export const main = async (argv: readonly string[], io: CliIo): Promise<void> => {
  const program = createProgram(io)
  if (argv.length === 0) {
    io.err(program.helpInformation())
    io.exit(usage)
    return
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      const named = commandNames(program).find((name) => name === argv[0])
      if (error.exitCode === 0) io.exit(0)
      else complain(io, oneLine(error.message), `trunkproof ${named === undefined ? '' : `${named} `}--help`)
      return
    }
    const debug = argv.includes('--debug')
    const message = error instanceof Error ? error.message : String(error)
    io.err(
      debug && error instanceof Error ? `${error.stack ?? message}\n` : `error: ${message}; try again with --debug\n`,
    )
    io.exit(4)
  }
}

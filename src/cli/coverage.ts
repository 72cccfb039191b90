import { type Command, Option } from 'commander'
import { type CliIo, usage } from './io.ts'

type Flags = { readonly json?: boolean; readonly markdown?: boolean }

export const addCoverageCommand = (program: Command, io: CliIo): void => {
  program
    .command('coverage')
    .description('what is proved of each documented statement, by which check and which fault')
    .addOption(new Option('--json', 'print rows and summary as JSON and nothing else').conflicts('markdown'))
    .option('--markdown', 'print docs/coverage.md')
    .addHelpText('after', '\nExample:\n  trunkproof coverage --json')
    .action(async (flags: Flags) => {
      const { coverage } = await import('../run/covering.ts')
      const form = flags.json === true ? 'json' : flags.markdown === true ? 'markdown' : 'text'
      const told = await coverage(form)
      if (told.ok) io.out(told.text)
      else {
        io.err(told.text)
        io.exit(usage)
      }
    })
}

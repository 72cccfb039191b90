import type { Command } from 'commander'
import type { RegisterFlags } from '../run/register.ts'
import { withHopOptions } from './hop.ts'
import { type CliIo, complain } from './io.ts'

type Flags = RegisterFlags & { readonly json?: boolean }

const examples = `
Examples:
  trunkproof register sip:1000@127.0.0.1:5060
  trunkproof register sip:1000@pbx.example.com --expires 300 --json

Username and password come from the environment or a file, as credentials: of trunkproof.yaml says.
Exit codes: 0 registered, 1 not`

export const addRegisterCommand = (program: Command, io: CliIo): void => {
  const command = program
    .command('register')
    .description('register at a PBX or provider: what is granted; the binding is removed again')
    .argument('<uri>', 'the address to register, as in sip:1000@10.0.0.5:5060')
    .option('--expires <seconds>', 'how long the binding is to stay (default: 60)')
    .option('--keep', 'do not remove the binding')
    .option('--config <file>', 'the trunkproof.yaml to use (default: the one in this folder)')
  withHopOptions(command)
    .option('--json', 'print { registered, status, expires, bindings, removed … } as JSON and nothing else')
    .addHelpText('after', examples)
    .action(async (uri: string, { json, ...flags }: Flags) => {
      const { register, registerLines } = await import('../run/register.ts')
      const report = await register(uri, flags, io)
      if (!report.ok) {
        complain(io, report.what, report.advice)
        return
      }
      io.out(
        json === true
          ? `${JSON.stringify(report.value.report, null, 2)}\n`
          : `${registerLines(report.value).join('\n')}\n`,
      )
      io.exit(report.value.report.registered ? 0 : 1)
    })
}

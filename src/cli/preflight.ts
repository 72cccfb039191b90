import type { Command } from 'commander'
import type { PreflightFlags } from '../run/preflight.ts'
import { withHopOptions } from './hop.ts'
import { type CliIo, complain } from './io.ts'

type Flags = PreflightFlags & { readonly json?: boolean }

const examples = `
Examples:
  trunkproof preflight
  trunkproof preflight --trunk sip:trunk.example.com --json

Exit codes: 0 nothing fails, 1 something does`

export const addPreflightCommand = (program: Command, io: CliIo): void => {
  const command = program
    .command('preflight')
    .description('what can be known before a call is paid for: configuration, addresses, ports, clock, DNS, next hop')
    .option('--profile <id>', 'as in sinch/eu (default: that of trunkproof.yaml)')
    .option('--trunk <uri>', 'the trunk under test (default: that of trunkproof.yaml)')
    .option('--pbx <uri>', 'the PBX under test (default: that of trunkproof.yaml)')
    .option('--config <file>', 'the trunkproof.yaml to use (default: the one in this folder)')
    .option('--rtp-ports <range>', 'own media ports, as 20000-20100 (default: those of the profile)')
  withHopOptions(command)
    .option('--json', 'print { ready, checks } as JSON and nothing else')
    .addHelpText('after', examples)
    .action(async ({ json, ...flags }: Flags) => {
      const { preflight, preflightLines } = await import('../run/preflight.ts')
      const report = await preflight(flags, io, Date.now())
      if (!report.ok) {
        complain(io, report.what, report.advice)
        return
      }
      io.out(
        json === true ? `${JSON.stringify(report.value, null, 2)}\n` : `${preflightLines(report.value).join('\n')}\n`,
      )
      io.exit(report.value.ready ? 0 : 1)
    })
}

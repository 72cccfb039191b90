import type { Command } from 'commander'
import { type CliIo, complain, usage } from './io.ts'

export const addShowCommand = (program: Command, io: CliIo): void => {
  program
    .command('show')
    .description('show a profile, ladder, check, fault or documented statement by its id')
    .argument('<id>', 'as in sinch/eu, termination/busy, auth-realm or SINCH-NUM-01')
    .addHelpText('after', '\nExamples:\n  trunkproof show termination/busy\n  trunkproof show SINCH-NUM-01')
    .action(async (id: string) => {
      const { describe, similarId } = await import('../run/describe.ts')
      const found = await describe(id)
      if (!found.ok) {
        const { faultLines } = await import('../run/catalogue.ts')
        io.err(faultLines(found.faults))
        io.exit(usage)
      } else if (found.value.length === 0) {
        const similar = await similarId(id)
        const advice = similar === undefined ? 'trunkproof list ladders' : `trunkproof show ${similar}`
        complain(io, `nothing is called ${JSON.stringify(id)}`, advice)
      } else
        for (const { kind, lines } of found.value)
          io.out([`${kind} ${id}`, ...lines.map((line) => `  ${line}`), ''].join('\n'))
    })
}

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type CliIo, usage } from './io.ts'

export const addValidateCommand = (program: Command, io: CliIo): void => {
  program
    .command('validate')
    .description('check files: profiles, ladders, faults and trunkproof.yaml, told apart by what stands in them')
    .argument('<file...>', 'files to check')
    .addHelpText('after', '\nExample:\n  trunkproof validate trunkproof.yaml')
    .action(async (files: readonly string[]) => {
      const { createValidator } = await import('../run/validate.ts')
      const validate = createValidator()
      for (const file of files) {
        const { kind, faults } = await validate(file, resolve(io.cwd, file))
        for (const fault of faults) io.err(`${fault}\n`)
        if (faults.length === 0) io.out(`${file}: a right ${kind ?? ''}\n`)
        else io.exit(usage)
      }
    })
}

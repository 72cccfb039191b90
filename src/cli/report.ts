import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type CliIo, complain } from './io.ts'

type Flags = { readonly json?: boolean; readonly strict?: boolean; readonly color: boolean }

export const addReportCommand = (program: Command, io: CliIo): void => {
  program
    .command('report')
    .description('write the reports of a run again, from its journal and capture; also of one that was killed')
    .argument('<folder>', 'the folder of a run')
    .option('--strict', 'a warning fails, too')
    .option('--json', 'print the result as JSON and nothing else')
    .option('--no-color', 'no colours')
    .addHelpText('after', '\nExample:\n  trunkproof report reports/2026-11-20T20-00-00-sinch-eu')
    .action(async (name: string, flags: Flags) => {
      const [{ reportFolder }, { annotateCapture, writeReports }, { tellResult }] = await Promise.all([
        import('../run/report.ts'),
        import('../run/output.ts'),
        import('./ending.ts'),
      ])
      const folder = resolve(io.cwd, name)
      const result = await reportFolder(folder)
      if (!result.ok) {
        complain(io, `${name}: ${result.fault.saw}`, 'a folder below reports/ that holds journal.jsonl')
        return
      }
      const written = {
        folder,
        files: [...writeReports(folder, result.value), ...annotateCapture(folder, result.value)],
      }
      tellResult(io, result.value, {
        json: flags.json === true,
        quiet: false,
        strict: flags.strict === true,
        live: false,
        noColor: !flags.color,
        alreadyListed: false,
        written,
      })
    })
}

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type CliIo, complain } from './io.ts'

type Flags = { readonly json?: boolean; readonly out?: string; readonly strict?: boolean; readonly color: boolean }

export const addInspectCommand = (program: Command, io: CliIo): void => {
  program
    .command('inspect')
    .description('judge the capture of an earlier run again: the same checks, the same findings')
    .argument('<file>', 'a capture.pcapng that a run wrote')
    .option('--out <dir>', 'write result.json, junit.xml and results.tap there')
    .option('--strict', 'a warning fails, too')
    .option('--json', 'print profile, packets, findings and summary as JSON')
    .option('--no-color', 'no colours')
    .addHelpText('after', '\nExample:\n  trunkproof inspect reports/monday/capture.pcapng')
    .action(async (file: string, flags: Flags) => {
      const [{ inspectCapture }, { writeReports }, { tellResult }] = await Promise.all([
        import('../run/inspect.ts'),
        import('../run/output.ts'),
        import('./ending.ts'),
      ])
      const inspected = await inspectCapture(file, resolve(io.cwd, file))
      if (!inspected.ok) {
        complain(io, `${file}: ${inspected.fault.saw}`, 'the capture.pcapng of a run, in its folder below reports/')
        return
      }
      const { result, inspection } = inspected.value
      const folder = flags.out === undefined ? undefined : resolve(io.cwd, flags.out)
      const written = folder === undefined ? undefined : { folder, files: writeReports(folder, result) }
      if (flags.json === true) io.out(`${JSON.stringify(inspection, null, 2)}\n`)
      tellResult(io, result, {
        json: false,
        quiet: flags.json === true,
        strict: flags.strict === true,
        live: false,
        noColor: !flags.color,
        alreadyListed: false,
        written,
      })
    })
}

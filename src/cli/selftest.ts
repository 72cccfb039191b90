import { resolve } from 'node:path'
import type { Command } from 'commander'
import { collect } from './collect.ts'
import { type CliIo, complain } from './io.ts'

type Flags = { readonly json?: boolean; readonly out?: string; readonly fault?: readonly string[] }

const examples = `
Examples:
  trunkproof selftest vonage/eu
  trunkproof selftest sinch/eu --fault 'auth-*' --out captures`

const lines = (title: string, items: readonly string[]): string =>
  items.length === 0 ? '' : `${title}:\n${items.map((item) => `  ${item}\n`).join('')}`

const cleanText = (ladders: number, findings: number): string =>
  `${ladders} ladders clean${findings === 0 ? '' : ` but for ${findings} ${findings === 1 ? 'finding' : 'findings'}`}`

export const addSelftestCommand = (program: Command, io: CliIo): void => {
  program
    .command('selftest')
    .description(
      'prove that every check can fail: each fault of the catalogue must be found by its check, and by no other',
    )
    .argument('[profile...]', 'profiles to try (default: all)')
    .option('--fault <glob>', 'only faults whose id matches, as loop-*; may be given again', collect)
    .option('--out <dir>', 'keep the capture of each run there')
    .option('--json', 'print the result as JSON and nothing else')
    .addHelpText('after', examples)
    .action(async (profiles: readonly string[], flags: Flags) => {
      const [{ runSelftest }, { onInterrupt }] = await Promise.all([
        import('../run/run-selftest.ts'),
        import('./interrupt.ts'),
      ])
      const { signal, release } = onInterrupt(io, 'interrupted; once more to end at once')
      const json = flags.json === true
      try {
        const tried = await runSelftest({
          profiles,
          faults: flags.fault ?? [],
          folder: flags.out === undefined ? undefined : resolve(io.cwd, flags.out),
          onRun: (line) => {
            if (!json) io.out(`${line}\n`)
          },
          signal,
        })
        if (!tried.ok) {
          complain(io, tried.what, tried.advice)
          return
        }
        const { value } = tried
        const { faults, detected, missed, falseAlarms, ladders, cleanFailures, redundant, unproved } = value
        if (json) io.out(`${JSON.stringify(value, null, 2)}\n`)
        else if (value.interrupted) io.out(`not finished: ${faults} faults were tried, and ${detected} of them found\n`)
        else
          io.out(
            `${detected} of ${faults} faults found by their checks; ${cleanText(ladders, cleanFailures.length)}\n${lines(
              'Missed',
              missed,
            )}${lines('False alarms', falseAlarms)}${lines('Findings in clean runs', cleanFailures)}${lines(
              'Redundant',
              redundant,
            )}${lines('Checks that no fault makes fail', unproved)}`,
          )
        const bad = [missed, falseAlarms, cleanFailures, redundant, unproved].some((list) => list.length > 0)
        io.exit(value.interrupted ? 130 : bad ? 1 : 0)
      } finally {
        release()
      }
    })
}

import { relative } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { InspectFlags, InspectedHere } from '../run/inspecting.ts'
import { createColor, paintOf } from './color.ts'
import { type CliIo, complain } from './io.ts'
import { collect } from './collect.ts'

type Flags = InspectFlags & {
  readonly diagnose?: boolean
  readonly json?: boolean
  readonly strict?: boolean
  readonly color: boolean
}

const examples = `
Examples:
  trunkproof inspect call.pcap --diagnose                          what broke the calls of any capture
  trunkproof inspect call.pcap --profile sinch/eu --trunk-address 192.0.2.0/24
  trunkproof inspect trunk.pcapng.gz --call +12025550100 --export wav --out call
  trunkproof inspect reports/monday/capture.pcapng                 a run of trunkproof, judged again
  tcpdump -w - udp | trunkproof inspect -`

const hasCause = ({ calls, registrations }: InspectedHere['inspection']): boolean =>
  [...calls, ...registrations].some(({ causes }) => causes.length > 0)

export const addInspectCommand = (program: Command, io: CliIo): void => {
  program
    .command('inspect')
    .description('judge captures (pcap, pcapng, gzip): their calls, streams, what is wrong and what broke them')
    .argument('<file...>', 'captures, or - for standard input')
    .option('--profile <id>', 'judge by this provider (default: a guess from addresses, hosts and realms)')
    .option('--diagnose', 'tell what broke each call; a cause fails, too')
    .option('--call <text>', 'only calls with this in Call-ID, From or To')
    .option('--trunk-address <cidr>', 'an address of the trunk; may be given again', collect)
    .option('--pbx-address <cidr>', 'an address of the PBX; may be given again', collect)
    .option('--export <what>', 'call: its packets as pcapng; wav: its audio; may be given again', collect)
    .option('--keep-secrets', 'leave digest responses in exported packets as they were')
    .option('--out <dir>', 'write inspection.json, result.json, junit.xml, results.tap and exports there')
    .option('--strict', 'a warning fails, too')
    .option('--json', 'print calls, streams, causes, findings and summary as JSON and nothing else')
    .option('--no-color', 'no colours')
    .addHelpText('after', examples)
    .action(async (files: readonly string[], flags: Flags) => {
      // Most of what is made while a large file is read is garbage at once: without this, the heap grows by it.
      setFlagsFromString('--semi-space-growth-factor=1 --heap-growing-percent=30')
      const [{ inspectFiles }, { diagnosisLines, exitCode, inspectionJson, renderConsole, renderInspection }] =
        await Promise.all([import('../run/inspecting.ts'), import('../run/reporting.ts')])
      const inspected = await inspectFiles(files, flags, io)
      if (!inspected.ok) {
        complain(io, inspected.what, inspected.advice)
        return
      }
      const paint = paintOf(createColor({ env: io.env, isTTY: io.isTTY, noColor: !flags.color }))
      const width = Math.min(io.columns ?? 80, 160)
      const isDiagnosed = flags.diagnose === true

      const textOf = ({ isOwn, result, inspection, written }: InspectedHere): string => {
        const shown = written && { ...written, folder: relative(io.cwd, written.folder) || '.' }
        const view = { paint, width, ...(shown === undefined ? {} : { written: shown }) }
        if (!isOwn)
          return renderInspection(inspection, result, { ...view, isDiagnosed, isFiltered: flags.call !== undefined })
        const causes = isDiagnosed ? diagnosisLines(inspection, paint, width) : []
        return causes.map((line) => `${line}\n`).join('') + renderConsole(result, view)
      }

      const { value } = inspected
      if (flags.json === true) {
        for (const piece of inspectionJson(value.map(({ inspection }) => inspection))) io.out(piece)
      } else for (const file of value) io.out(textOf(file))
      const codes = new Set(
        value.map(({ isOwn, result, inspection }) => {
          const isBroken = isDiagnosed && !isOwn && hasCause(inspection)
          const verdicts = result.ladders.flatMap(({ verdict, findings }) => [
            verdict,
            ...findings.map((one) => one.verdict),
          ])
          return exitCode({
            interrupted: false,
            verdicts: isBroken ? [...verdicts, 'fail'] : verdicts,
            strict: flags.strict === true,
          })
        }),
      )
      io.exit(([4, 1, 3] as const).find((code) => codes.has(code)) ?? 0)
    })
}

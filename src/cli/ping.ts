import type { Command } from 'commander'
import type { PingFlags } from '../run/ping.ts'
import { withHopOptions } from './hop.ts'
import { type CliIo, complain } from './io.ts'

type Flags = PingFlags & { readonly json?: boolean }

const examples = `
Examples:
  trunkproof ping sip:127.0.0.1:5060
  trunkproof ping sip:trunk.example.com --count 5
  trunkproof ping sip:10.0.0.5 --timeout 3 --json

Exit codes: 0 a final answer came, whatever it said; 1 none did`

export const addPingCommand = (program: Command, io: CliIo): void => {
  const command = program
    .command('ping')
    .description('ask a SIP element by OPTIONS: its answer, round-trip time and server')
    .argument('<uri>', 'as in sip:10.0.0.5:5060')
    .option('--count <n>', 'how many times, one second apart (default: once)')
  withHopOptions(command)
    .option('--json', 'print { reachable, status, reason, rttMs, transport, server, remote }, and pings with --count')
    .addHelpText('after', examples)
    .action(async (uri: string, { json, ...flags }: Flags) => {
      const [{ ping }, { onInterrupt }] = await Promise.all([import('../run/ping.ts'), import('./interrupt.ts')])
      const { signal, release } = onInterrupt(io, 'interrupted')
      try {
        const onPing = (line: string): void => {
          if (json !== true) io.out(`${line}\n`)
        }
        const pinged = await ping(uri, flags, onPing, signal)
        if (!pinged.ok) {
          complain(io, pinged.what, pinged.advice)
          return
        }
        const { report, summary } = pinged.value
        io.out(json === true ? `${JSON.stringify(report, null, 2)}\n` : `${summary.join('\n')}\n`)
        io.exit(signal.aborted ? 130 : report.reachable ? 0 : 1)
      } finally {
        release()
      }
    })
}

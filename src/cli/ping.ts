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

Exit codes: 0 something answered, whatever it said; 1 nothing did`

export const addPingCommand = (program: Command, io: CliIo): void => {
  const command = program
    .command('ping')
    .description('ask a SIP element by OPTIONS: its answer, round-trip time and server')
    .argument('<uri>', 'as in sip:10.0.0.5:5060')
    .option('--count <n>', 'how many times, one second apart (default: once)')
  withHopOptions(command)
    .option('--json', 'print { reachable, status, reason, rttMs, transport, server, remote, pings } and nothing else')
    .addHelpText('after', examples)
    .action(async (uri: string, { json, ...flags }: Flags) => {
      const { ping, pingSummary } = await import('../run/ping.ts')
      const report = await ping(uri, flags, (line) => {
        if (json !== true) io.out(`${line}\n`)
      })
      if (!report.ok) {
        complain(io, report.what, report.advice)
        return
      }
      io.out(json === true ? `${JSON.stringify(report.value, null, 2)}\n` : `${pingSummary(uri, report.value)}\n`)
      io.exit(report.value.reachable ? 0 : 1)
    })
}

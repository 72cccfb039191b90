import type { Command } from 'commander'
import { type CliIo, complain } from './io.ts'

const examples = `
Examples:
  trunkproof message invite.sip
  pbpaste | trunkproof message - --json

Exit codes: 0 valid, 1 it has faults, 2 it cannot be opened`

export const addMessageCommand = (program: Command, io: CliIo): void => {
  program
    .command('message')
    .description('read one SIP message: what it is, and each fault with rule, section and byte offset')
    .argument('<file>', 'a file that holds the message as on the wire, or - for standard input')
    .option('--json', 'print { valid, kind, faults } as JSON and nothing else')
    .addHelpText('after', examples)
    .action(async (file: string, { json }: { readonly json?: boolean }) => {
      const { messageBytes, messageLines, readMessage } = await import('../run/message.ts')
      const bytes = await messageBytes(file, io.cwd)
      if (!bytes.ok) {
        complain(io, `${file}: ${bytes.fault.saw}`, 'a file that can be read, or - for standard input')
        return
      }
      const read = readMessage(bytes.value)
      io.out(json === true ? `${JSON.stringify(read.report, null, 2)}\n` : `${messageLines(read).join('\n')}\n`)
      io.exit(read.report.valid ? 0 : 1)
    })
}

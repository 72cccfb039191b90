import type { Command } from 'commander'
import type { CallFlags } from '../run/calling.ts'
import { type CliIo, complain } from './io.ts'
import { collect } from './collect.ts'

type Flags = Omit<CallFlags, 'profile'> & {
  readonly profile?: string
  readonly json?: boolean
  readonly strict?: boolean
  readonly color: boolean
}

const examples = `
Examples:
  trunkproof call sip:+12025550101@sip-eu.vonage.com --profile vonage/eu
  trunkproof call sip:+12025550101@10.0.0.5:5060 --profile vonage/eu --codec PCMA --json

The number must be one of trunkproof.yaml, which also gives caller and credentials.`

export const addCallCommand = (program: Command, io: CliIo): void => {
  program
    .command('call')
    .description('one call with audio to a number of trunkproof.yaml, judged as in run')
    .argument('<uri>', 'number and next hop, as in sip:+12025550101@10.0.0.5:5060')
    .option('--codec <name>', 'PCMU (default) or PCMA')
    .option('--profile <id>', 'as in sinch/eu (default: that of trunkproof.yaml)')
    .option('--config <file>', 'the trunkproof.yaml to use (default: the one in this folder)')
    .option('--out <dir>', 'folder for what the call leaves behind (default: reports/<time>-<profile>)')
    .option('--domain <host>', 'host of Request-URI, From and realm instead of the URI’s or the profile’s')
    .option('--bind <address>', 'own address, with or without a port')
    .option('--advertise <address>', 'address that Via, Contact and SDP name instead of the bound one')
    .option('--rtp-ports <range>', 'own media ports, as 20000-20100')
    .option('--resolve <host=address>', 'resolve a host to this address; may be given again', collect)
    .option('--strict', 'a warning fails, too')
    .option('--json', 'print the result as JSON and nothing else')
    .option('--no-color', 'no colours')
    .addHelpText('after', examples)
    .action(async (uri: string, flags: Flags) => {
      const [{ prepareCall }, { perform }] = await Promise.all([import('../run/calling.ts'), import('./performing.ts')])
      const prepared = await prepareCall(uri, { ...flags, profile: flags.profile }, io, new Date())
      if (prepared.ok) await perform(io, prepared.value, flags)
      else complain(io, prepared.what, prepared.advice)
    })
}

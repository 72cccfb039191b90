import type { Command } from 'commander'
import { type CliIo, complain } from './io.ts'
import { collect } from './collect.ts'

type Flags = {
  readonly trunk?: string
  readonly pbx?: string
  readonly ladder?: string
  readonly out?: string
  readonly json?: boolean
  readonly strict?: boolean
  readonly baseline?: string
  readonly config?: string
  readonly transport?: string
  readonly domain?: string
  readonly bind?: string
  readonly advertise?: string
  readonly rtpPorts?: string
  readonly resolve?: readonly string[]
  readonly keepSecrets?: boolean
  readonly color: boolean
}

const examples = `
Examples:
  trunkproof run                                        prove the embedded Sinch Europe trunk, offline
  trunkproof run vonage/eu --pbx sip:10.0.0.5           play Vonage against your PBX
  trunkproof run sinch/eu --trunk sip:euc1.vp.sip.sinch.com --ladder 'options/*'`

export const addRunCommand = (program: Command, io: CliIo): void => {
  program
    .command('run')
    .description('play all ladders of a profile and judge what is seen')
    .argument('[profile]', 'as in sinch/eu (default); see: trunkproof list profiles')
    .option('--trunk <uri>', 'the trunk under test, its next hop: we play the PBX')
    .option('--pbx <uri>', 'the PBX under test, its next hop: we play the provider')
    .option('--ladder <glob>', "only ladders whose id matches, as '*options*'")
    .option('--out <dir>', 'folder for what the run leaves behind (default: reports/<time>-<profile>)')
    .option('--config <file>', 'the trunkproof.yaml to use (default: the one in this folder)')
    .option('--transport <list>', 'udp, tcp or udp,tcp (default: as the URI says; without a system under test both)')
    .option('--domain <host>', 'host of Request-URI, From and realm instead of the profile’s')
    .option('--bind <address>', 'own address, with or without a port')
    .option('--advertise <address>', 'address that Via, Contact and SDP name instead of the bound one')
    .option('--rtp-ports <range>', 'own media ports, as 20000-20100')
    .option('--resolve <host=address>', 'resolve a host to this address; may be given again', collect)
    .option('--keep-secrets', 'leave digest responses in the capture as they were')
    .option('--baseline <file>', 'result.json of an earlier run: only what is new or worse counts')
    .option('--strict', 'a warning fails, too')
    .option('--json', 'print the result as JSON and nothing else')
    .option('--no-color', 'no colours')
    .addHelpText('after', examples)
    .action(async (profile: string | undefined, flags: Flags) => {
      const [{ prepareRun }, { perform }] = await Promise.all([import('../run/request.ts'), import('./performing.ts')])
      const prepared = await prepareRun({ ...flags, profile }, io, new Date())
      if (prepared.ok) await perform(io, prepared.value, flags)
      else complain(io, prepared.what, prepared.advice)
    })
}

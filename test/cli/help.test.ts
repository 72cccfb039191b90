import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPbx } from '../../src/embedded/pbx.ts'
import { startTrunk } from '../../src/embedded/trunk.ts'
import { contractOf, credentials, openPeer, optionsFor } from '../embedded/peer.ts'
import { lacking } from '../support/programs.ts'
import { openResponder, sentValue } from '../support/responder.ts'
import { type Example, commandNames, examples } from './examples.ts'
import { answeringAtTerminal, runCli, runProgram } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'trunkproof-help-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const callee = '+12025550101'
const callerId = contractOf('sinch/eu').numbers.callerId ?? ''
const configuration = [
  `numbers: { callee: "${callee}", callerId: "${callerId}" }`,
  'credentials: { username: { env: SIP_USER }, password: { env: SIP_PASS } }',
  'echoes: true\n',
].join('\n')
const env = { SIP_USER: credentials.username, SIP_PASS: credentials.password, NO_COLOR: '1' }

/** The files that examples name, as a person who follows them has made them. */
beforeAll(async () => {
  copyFileSync('fixtures/rfc4475/inv2543.dat', join(folder, 'invite.sip'))
  writeFileSync(join(folder, 'trunkproof.yaml'), configuration)
  for (const name of examples.flatMap(({ argv }) => argv.filter((word) => word.startsWith('reports/')))) {
    const run = name.split('/').slice(0, 2).join('/')
    mkdirSync(join(folder, run), { recursive: true })
    const { code } = await runCli(['run', '--ladder', 'termination/answered-call', '--out', run], folder)
    expect(code).toBe(0)
    const capture = readFileSync(join(folder, run, 'capture.pcapng'))
    writeFileSync(join(folder, 'trunk.pcapng.gz'), gzipSync(capture))
    copyFileSync(join(folder, run, 'capture.pcapng'), join(folder, 'call.pcap'))
  }
}, 60_000)

test.each(commandNames)('%s --help has an example of that command', (name) => {
  const firsts = examples.filter((example) => example.name === name).map(({ argv }) => argv[0])
  expect([...new Set(firsts)]).toEqual([name])
})

type FarEnd = {
  readonly local?: { readonly address: string }
  readonly port: number
  readonly close: () => Promise<void>
}

/** Answers OPTIONS, and REGISTER with the binding that was asked for. */
const openElement = (): Promise<FarEnd> =>
  openResponder((request) => {
    const contact = sentValue(request, 'Contact')
    const expires = sentValue(request, 'Expires')
    return ['SIP/2.0 200 OK', ...(contact === '' || expires === '0' ? [] : [`Contact: ${contact};expires=${expires}`])]
  })

/** The embedded trunk or PBX under the host that the example names. */
const openParty = async (side: 'trunk' | 'pbx', profile: string, host: string): Promise<FarEnd> => {
  const peer = await openPeer()
  const options = optionsFor(profile, peer)
  const domain = /[a-z]/.test(host) ? host : options.contract.domain
  const numbers = { ...options.contract.numbers, callee, busy: '+12025550100' }
  const party = await (side === 'trunk' ? startTrunk : startPbx)({
    ...options,
    contract: { ...options.contract, domain, numbers },
  })
  return {
    local: party.local,
    port: party.local.port,
    close: async () => void (await Promise.all([party.close(), peer.close()])),
  }
}

const farEndOf = ({ name, argv }: Example, host: string): Promise<FarEnd> => {
  if (name === 'call') return openParty('trunk', argv[argv.indexOf('--profile') + 1] ?? '', host)
  if (name !== 'run') return openElement()
  return openParty(argv.includes('--pbx') ? 'pbx' : 'trunk', argv[1] ?? '', host)
}

/** The same words with loopback and a port of ours as the next hop; its name stays where it has one. */
const towards = (argv: readonly string[], uri: string, host: string, { local, port }: FarEnd): readonly string[] => {
  const user = uri.includes('@') ? `${uri.slice('sip:'.length, uri.indexOf('@'))}@` : ''
  const isNamed = /[a-z]/.test(host)
  const address = local?.address ?? '127.0.0.1'
  const reached = `sip:${user}${isNamed ? host : address}:${port}`
  return [
    ...argv.map((word) => (word === uri ? reached : word)),
    ...(isNamed ? ['--resolve', `${host}=${address}`] : []),
  ]
}

const inputOf = (name: string): Uint8Array =>
  readFileSync(join(folder, name === 'message' ? 'invite.sip' : 'call.pcap'))

const played = async (example: Example) => {
  const { name, argv, isPiped } = example
  if (name === 'init') {
    const cwd = mkdtempSync(join(folder, 'init-'))
    return argv.length === 1 ? answeringAtTerminal(argv, { cwd, prompt: 'Enter: ' }) : runCli(argv, cwd, env)
  }
  if (isPiped) return runProgram(argv, { cwd: folder, input: inputOf(name) })
  const uri = argv.find((word) => word.startsWith('sip:'))
  if (uri === undefined) return runCli(argv, folder, env)
  const host = uri.slice(uri.includes('@') ? uri.indexOf('@') + 1 : 'sip:'.length).replace(/:\d+$/, '')
  const farEnd = await farEndOf(example, host)
  try {
    return await runCli(towards(argv, uri, host, farEnd), folder, env)
  } finally {
    await farEnd.close()
  }
}

/** A bare `init` asks at a terminal, which only `script` gives. */
const isPlayable = ({ argv }: Example): boolean => argv.join(' ') !== 'init' || !lacking('script')

describe('each example does what it says', () => {
  test.each(examples.filter(isPlayable).map((example) => [example.argv.join(' '), example] as const))(
    'trunkproof %s',
    // Media is paced in real time: a host that stands still for seconds may spoil one run.
    { timeout: 180_000, retry: 1 },
    async (_, example) => {
      const { err, code, out } = await played(example)
      expect({ err, code, out: code === 0 ? '' : out }).toEqual({ err: '', code: 0, out: '' })
    },
  )
})

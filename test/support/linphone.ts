import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { wavHeader } from '../../src/rtp/wav.ts'
import { type Peer, answersOptions, fill, newFolder, start, until } from './peers.ts'
import { type Over, freePorts, loopback } from './ports.ts'

/** Samples of a tone of 1000 Hz at 8000 Hz, for ten seconds; linphone plays the file again and again. */
const tone = (): Uint8Array => {
  const samples = Int16Array.from({ length: 80_000 }, (_, n) => Math.round(8000 * Math.sin((Math.PI / 4) * n)))
  return Buffer.concat([wavHeader(1, 8000, samples.byteLength), Buffer.from(samples.buffer)])
}

/** What the account of `fixtures/peers/linphone/linphonerc` is: who calls, by which provider, and where its trunk listens. */
export type Account = { readonly caller: string; readonly domain: string; readonly trunk: number; readonly over: Over }

/** linphone as a PBX, and the pipe that it takes its commands from. */
export type Linphone = Peer & { readonly commands: string }

export const startLinphone = async ({ caller, domain, trunk, over }: Account): Promise<Linphone> => {
  const [port = 0] = await freePorts(1)
  const folder = newFolder('linphone')
  fill('linphone', folder, { PORT: port, CALLER: caller, DOMAIN: domain, TRUNK: trunk, OVER: over })
  mkdirSync(join(folder, '.local/share/linphone'), { recursive: true })
  writeFileSync(join(folder, 'tone.wav'), tone())
  const commands = join(folder, 'commands')
  execFileSync('mkfifo', [commands])
  // Both ways, so that neither side waits for the other, and the pipe stays when a writer goes.
  const input = openSync(commands, 'r+')
  writeSync(input, `soundcard use files\nplay ${join(folder, 'tone.wav')}\n`)
  const answers = answersOptions(port, `sip:+19876543210@${loopback}:${port}`)
  try {
    const peer = await start({
      program: 'linphonec',
      port,
      folder,
      args: ['-a', '-c', 'linphonerc'],
      env: { HOME: folder },
      input,
      ready: async (output) => (await answers()) && (await until(() => output().includes('tone.wav'))),
    })
    return { ...peer, commands }
  } finally {
    closeSync(input)
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Over, ask, freeMediaPorts, freePorts, isBound, loopback, optionsRequest } from './ports.ts'
import { type Program, programPath } from './programs.ts'

const fixtures = new URL('../../fixtures/peers/', import.meta.url).pathname

/** A real program that runs, reached over UDP on loopback. */
export type Peer = {
  readonly port: number
  /** Its working folder: configuration, logs. */
  readonly folder: string
  readonly pid: number
  /** What it has written so far. */
  readonly output: () => string
  /** Resolves with its exit code when it has ended by itself, or `undefined` when a signal ended it. */
  readonly ended: Promise<number | undefined>
  readonly stop: () => Promise<void>
}

const running = new Set<ChildProcess>()

/** Each peer leads its own process group: Kamailio's workers go with it. */
const signal = (child: ChildProcess, name: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, name)
  } catch {
    // The group has ended already.
  }
}

process.once('exit', () => {
  for (const child of running) signal(child, 'SIGKILL')
})

/** The path of a file in `fixtures/peers/`. */
export const fixture = (name: string): string => join(fixtures, name)

/** The text of a template, each `@NAME@` filled in. */
export const filled = (path: string, values: Readonly<Record<string, string | number>>): string => {
  const text = Object.entries(values).reduce(
    (before, [key, value]) => before.replaceAll(`@${key}@`, String(value)),
    readFileSync(path, 'utf8'),
  )
  const left = /@[A-Z]+@/.exec(text)
  if (left) throw new Error(`${path}: nothing is given for ${left[0]}`)
  return text
}

/** Copies a folder of templates. */
export const fill = (source: string, folder: string, values: Readonly<Record<string, string | number>>): void => {
  for (const name of readdirSync(fixture(source)))
    writeFileSync(join(folder, name), filled(fixture(`${source}/${name}`), values))
}

type Start = {
  readonly program: Program
  readonly port: number
  readonly folder: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** An open file that it reads as its standard input. */
  readonly input?: number
  /** Resolves when it can be spoken to; `false` when it could not within the time. */
  readonly ready: (output: () => string) => Promise<boolean>
}

export const start = async ({ program, port, folder, args, env, input, ready }: Start): Promise<Peer> => {
  const path = programPath(program)
  if (path === undefined) throw new Error(`${program} is not installed`)
  const child = spawn(path, args, {
    cwd: folder,
    detached: true,
    env: { ...process.env, ...env },
    stdio: [input ?? 'ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('latin1')).slice(-64 * 1024)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const ended = new Promise<number | undefined>((resolve) => {
    child.once('error', () => resolve(undefined))
    child.once('close', (code) => resolve(code ?? undefined))
  })
  void ended.then(() => running.delete(child))
  const stop = async (): Promise<void> => {
    const kill = setTimeout(() => signal(child, 'SIGKILL'), 3000)
    signal(child, 'SIGTERM')
    await ended
    clearTimeout(kill)
    rmSync(folder, { recursive: true, force: true })
  }
  if (!(await Promise.race([ready(() => output), ended.then(() => false)]))) {
    await stop()
    throw new Error(`${program} did not come up on port ${port}:\n${output.slice(-2000)}`)
  }
  return { port, folder, pid: child.pid ?? 0, output: () => output, ended, stop }
}

export const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `trunkproof-${name}-`))

const patienceMs = 15_000

export const answersOptions = (port: number, target: string) => async (): Promise<boolean> =>
  (await ask(port, optionsRequest(target), patienceMs)) !== undefined

/** Whether it comes true within the patience that a start is given. */
export const until = (condition: () => boolean): Promise<boolean> =>
  new Promise((resolve) => {
    const end = setTimeout(() => finish(false), patienceMs)
    const look = setInterval(() => {
      if (condition()) finish(true)
    }, 20)
    const finish = (cameTrue: boolean): void => {
      clearTimeout(end)
      clearInterval(look)
      resolve(cameTrue)
    }
  })

const binds = (port: number, over: Over) => (): Promise<boolean> => until(() => isBound(port, over))

/**
 * Kamailio by `fixtures/peers/kamailio/<config>.cfg`: as a trunk, which sends calls on to `answers` and `plays`, or as a
 * PBX before a `trunk`, which it reaches `over` a transport; as a trunk that loops, `trunk` is where it sends calls back to.
 */
export const startKamailio = async (
  config: 'trunk-sinch' | 'trunk-example' | 'trunk-asks' | 'trunk-loop' | 'pbx',
  next:
    | { readonly answers: number; readonly plays: number }
    | { readonly trunk: number }
    | { readonly trunk: number; readonly over: Over },
): Promise<Peer> => {
  const [port = 0] = await freePorts(1)
  const folder = newFolder('kamailio')
  const { answers, plays, trunk, over } = { answers: 0, plays: 0, trunk: 0, over: 'udp', ...next }
  fill('kamailio', folder, { PORT: port, ANSWERS: answers, PLAYS: plays, TRUNK: trunk, OVER: over })
  const files = ['-f', `${config}.cfg`, '-Y', folder, '-P', join(folder, 'kamailio.pid'), '-w', folder]
  const args = [...files, '-DD', '-E', '-m', '64', '-M', '8']
  return start({ program: 'kamailio', port, folder, args, ready: answersOptions(port, `sip:${loopback}:${port}`) })
}

/** baresip as a PBX, or as the phones behind a trunk, with the accounts of `fixtures/peers/baresip/accounts`. */
export const startBaresip = async (): Promise<Peer> => {
  // The port above is the one that it takes for TLS.
  const [port = 0] = await freePorts(1, 2)
  const folder = newFolder('baresip')
  fill('baresip', folder, { PORT: port })
  const args = ['-v', '-f', folder]
  return start({
    program: 'baresip',
    port,
    folder,
    args,
    ready: answersOptions(port, `sip:+19876543210@${loopback}:${port}`),
  })
}

/** A scenario of `fixtures/peers/sipp`, for SIPp's `-sf`. */
export const sippScenario = (name: 'uac' | 'uas' | 'refuses' | 'answers' | 'holds' | 'dials' | 'crosses'): string =>
  fixture(`sipp/${name}.xml`)

/** The digital milliwatt of ITU-T G.711 table 6, a tone of 1000 Hz in 8 octets of mu-law, for ten seconds. */
const milliwatt = Buffer.alloc(80_000, Buffer.from('1e0b0b1e9e8b8b9e', 'hex'))

/** SIPp's `-t`, with one socket for all calls. */
export const sippTransport = (over: Over): string => (over === 'tcp' ? 't1' : 'u1')

const prepareSipp = async (args: readonly string[]) => {
  const [port = 0] = await freePorts(1)
  // From here on it takes ports for the media that it echoes and plays.
  const media = await freeMediaPorts(8)
  const folder = newFolder('sipp')
  writeFileSync(join(folder, 'milliwatt.ul'), milliwatt)
  const own = ['-i', loopback, '-p', String(port), '-mi', loopback, '-mp', String(media), '-nostdin']
  return { port, folder, args: [...args, ...own] }
}

/** SIPp with the arguments given, such as `-sn uas`; it listens on a port of its own. */
export const startSipp = async (args: readonly string[], over: Over = 'udp'): Promise<Peer> => {
  const sipp = await prepareSipp([...args, '-t', sippTransport(over)])
  return start({ program: 'sipp', ...sipp, ready: binds(sipp.port, over) })
}

/** Lets SIPp make its calls, as `-m` has them, to the end; whether they went as its scenario says does not matter. */
export const playSipp = async (...args: readonly string[]): Promise<void> => {
  const sipp = await prepareSipp(args)
  await new Promise<void>((resolve) => {
    execFile(programPath('sipp') ?? 'sipp', sipp.args, { cwd: sipp.folder, timeout: patienceMs }, () => resolve())
  })
  rmSync(sipp.folder, { recursive: true, force: true })
}

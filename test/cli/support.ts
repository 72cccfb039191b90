import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { CliIo } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'

/** Runs a command line in memory and gives back what it wrote and how it ended. */
export const runCli = async (argv: readonly string[], cwd = process.cwd(), env: CliIo['env'] = {}) => {
  let out = ''
  let err = ''
  let code = 0
  const io: CliIo = {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    env,
    cwd,
    isTTY: false,
    exit: (given) => {
      code = given
    },
  }
  await main(argv, io)
  return { out, err, code }
}

const program = new URL('../../bin/trunkproof.js', import.meta.url).pathname

const ended = async (child: ChildProcessWithoutNullStreams) => {
  const [out, err]: readonly [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const [code]: readonly unknown[] = await once(child, 'close')
  return { out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString(), code }
}

const env = { ...process.env, NO_COLOR: '1' }

/** Runs the built program with `input` as its standard input. */
export const runProgram = (
  argv: readonly string[],
  { cwd, input }: { readonly cwd: string; readonly input: Uint8Array },
) => {
  const child = spawn(process.execPath, [program, ...argv], { cwd, env })
  child.stdin.end(input)
  return ended(child)
}

/** Runs the built program at a terminal, where one key is the answer to each prompt. */
export const answeringAtTerminal = (
  argv: readonly string[],
  { cwd, prompt, key = '\r' }: { readonly cwd: string; readonly prompt: string; readonly key?: string },
) => {
  const command = `"${process.execPath}" "${program}" ${argv.join(' ')}`
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env })
  child.stdout.on('data', (part: Buffer) => {
    if (part.includes(prompt)) child.stdin.write(key)
  })
  return ended(child)
}

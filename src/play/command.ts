import { spawn } from 'node:child_process'
import type { StimulusArguments } from './stimulus.ts'

const filled = (argument: string, args: StimulusArguments): string =>
  argument
    .split('${to}')
    .join(args.to)
    .split('${from}')
    .join(args.from)
    .split('${callId}')
    .join(args.callId)
    .split('${digits}')
    .join(args.digits ?? '')

const maxRunMs = 10_000

const run = (program: string, args: readonly string[], signal: AbortSignal): Promise<string | undefined> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: maxRunMs, signal, shell: false })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 400) complaint += chunk.toString('utf8')
    })
    child.once('error', (error) => {
      resolve(`the stimulus command ${program} did not start: ${error.message}`)
    })
    child.once('close', (code, killed) => {
      if (code === 0) resolve(undefined)
      else
        resolve(
          `the stimulus command ${program} ended ${killed ?? String(code)}: ${complaint.trim().split('\n')[0] ?? ''}`,
        )
    })
  })

/** Program and arguments as a list: no shell ever sees them. `${to}`, `${from}`, `${callId}` and `${digits}` are replaced. Gives a reason where it failed. */
export const runCommand = (
  [program, ...rest]: readonly string[],
  args: StimulusArguments,
  signal: AbortSignal,
): Promise<string | undefined> =>
  program === undefined
    ? Promise.resolve('the command of the stimulus is empty')
    : run(
        program,
        rest.map((argument) => filled(argument, args)),
        signal,
      )

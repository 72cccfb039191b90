import { spawn } from 'node:child_process'
import type { Clock } from '../core/world.ts'
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

/** Of what a program complains of. */
const mostRead = 4096

const start = (program: string, args: readonly string[], signal: AbortSignal) => {
  try {
    return spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], signal, shell: false })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** The first line, in whole words alone: half a secret is not known for one. */
const firstLine = (complaint: string): string => {
  const whole = complaint.length < mostRead ? complaint : complaint.slice(0, mostRead).replace(/\S*$/, '')
  return whole.trim().split('\n', 1)[0]?.trim() ?? ''
}

const run = (
  program: string,
  args: readonly string[],
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const name = `the stimulus command ${program}`
    const child = start(program, args, signal)
    if (child instanceof Error) {
      resolve(`${name} did not start: ${child.message}`)
      return
    }
    const disarm = clock.after(maxRunMs, () => {
      child.kill()
      // What it started may go on and keep the pipe: it must not keep us.
      child.stderr.destroy()
      child.unref()
      resolve(`${name} did not end within ${maxRunMs / 1000} s`)
    })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < mostRead) complaint += text
    })
    child.once('error', (error) => {
      disarm()
      resolve(signal.aborted ? `${name} was ended with the run` : `${name} did not start: ${error.message}`)
    })
    child.once('close', (code, killed) => {
      disarm()
      const line = firstLine(complaint)
      resolve(code === 0 ? undefined : `${name} ended ${killed ?? String(code)}${line === '' ? '' : `: ${line}`}`)
    })
  })

/** Program and arguments as a list: no shell ever sees them. `${to}`, `${from}`, `${callId}` and `${digits}` are replaced. Gives a reason where it failed. */
export const runCommand = (
  [program, ...rest]: readonly string[],
  args: StimulusArguments,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> =>
  program === undefined
    ? Promise.resolve('the command of the stimulus is empty')
    : run(
        program,
        rest.map((argument) => filled(argument, args)),
        clock,
        signal,
      )

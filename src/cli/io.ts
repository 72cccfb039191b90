/** All that a command may touch of the process, so that tests can hand in their own. */
export type CliIo = {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly isTTY: boolean
  readonly columns?: number
  /** Sets the exit code; the process ends when nothing is left to do. */
  readonly exit: (code: number) => void
}

/** Exit code of usage errors and bad input. */
export const usage = 2

/** One line that says what was wrong and what to do, and exit code 2. */
export const complain = (io: CliIo, what: string, advice: string): void => {
  io.err(`error: ${what}; try ${advice}\n`)
  io.exit(usage)
}

/** A reader that went away, as `| head -1`, or a terminal that did (EIO), ends no run: the reports are written all the same. */
const outliveReader = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

export const processIo = (): CliIo => {
  outliveReader(process.stdout)
  outliveReader(process.stderr)
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    isTTY: process.stdout.isTTY,
    ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
    exit: (code) => {
      process.exitCode = code
    },
  }
}

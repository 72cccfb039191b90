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

import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import type { Ask, InitAnswers } from '../run/init.ts'
import { type CliIo, complain } from './io.ts'

type Flags = { readonly profile?: string; readonly pbx?: string; readonly trunk?: string } & {
  readonly yes?: boolean
  readonly force?: boolean
}

/** Asks at the terminal. Nothing where Ctrl-D or Ctrl-C ends it. */
const atTerminal = async (
  io: CliIo,
  questions: (ask: Ask) => Promise<InitAnswers>,
): Promise<InitAnswers | undefined> => {
  const controller = new AbortController()
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  reader.once('close', () => controller.abort())
  try {
    return await questions((question) => reader.question(question, { signal: controller.signal }))
  } catch (error) {
    if (!controller.signal.aborted) throw error
    return undefined
  } finally {
    reader.close()
    io.err('\n')
  }
}

export const addInitCommand = (program: Command, io: CliIo): void => {
  program
    .command('init')
    .description('write trunkproof.yaml, by a few questions')
    .option('--yes', 'ask nothing: what is not given stands in it as a comment')
    .option('--profile <id>', 'as in sinch/eu')
    .option('--pbx <uri>', 'the PBX under test, as in sip:10.0.0.5')
    .option('--trunk <uri>', 'the trunk under test, as in sip:trunk.example.com')
    .option('--force', 'write over one that is there')
    .addHelpText('after', '\nExamples:\n  trunkproof init\n  trunkproof init --yes --force --pbx sip:10.0.0.5')
    .action(async ({ yes, force, ...given }: Flags) => {
      const { askInit, writeInit } = await import('../run/init.ts')
      const isAsked = yes !== true
      if (isAsked && !(io.isTTY && process.stdin.isTTY)) {
        complain(io, 'init asks its questions at a terminal', 'trunkproof init --yes')
        return
      }
      const answers = isAsked ? await atTerminal(io, askInit) : {}
      if (answers === undefined) {
        io.err('interrupted: nothing is written\n')
        io.exit(130)
        return
      }
      const written = writeInit({ ...answers, ...given }, io.cwd, force === true)
      if (written.ok) io.out(`${written.value} is written; next: trunkproof preflight\n`)
      else complain(io, written.what, written.advice)
    })
}

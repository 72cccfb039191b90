import type { Prepared } from '../run/request.ts'
import { execute } from '../run/execute.ts'
import { reportFiles, silentProgress } from '../run/reporting.ts'
import { askOn } from './ask.ts'
import { createColor } from './color.ts'
import { tellResult } from './ending.ts'
import { onInterrupt } from './interrupt.ts'
import type { CliIo } from './io.ts'
import { createProgress } from './progress.ts'

/** Performs a run that was prepared, shows how it goes on, and tells how it ended. */
export const perform = async (
  io: CliIo,
  prepared: Prepared,
  flags: { readonly json?: boolean; readonly strict?: boolean; readonly color: boolean },
): Promise<void> => {
  const json = flags.json === true
  // Live lines would draw over what a person is asked.
  const asks = Object.values(prepared.stimuli).some((means) => 'prompt' in means)
  const color = createColor({ env: io.env, isTTY: io.isTTY, noColor: !flags.color })
  const ci = (io.env.CI ?? '') !== ''
  const { signal, release } = onInterrupt(io)
  const progress = json ? silentProgress : createProgress({ out: process.stdout, isTTY: io.isTTY && !asks, ci, color })
  try {
    const result = await execute({ ...prepared, progress, signal, ask: askOn(io) })
    const written = { folder: prepared.folder, files: reportFiles }
    tellResult(io, result, {
      json,
      quiet: false,
      strict: flags.strict === true,
      live: true,
      noColor: !flags.color,
      alreadyListed: !json && (!io.isTTY || asks || ci),
      written,
    })
  } finally {
    release()
  }
}

import type { CliIo } from './io.ts'

/** SIGHUP: the terminal is gone, as when ssh breaks off. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ctrl-C, SIGTERM and SIGHUP end the run in good order: calls are hung up and reports written. The second one ends it at once. */
export const onInterrupt = (
  io: CliIo,
  told = 'interrupted: hanging up and writing what was seen; once more to end at once',
): { readonly signal: AbortSignal; readonly release: () => void } => {
  const controller = new AbortController()
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130)
    io.err(`${told}\n`)
    controller.abort()
  }
  for (const name of signals) process.on(name, stop)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, stop)
    },
  }
}

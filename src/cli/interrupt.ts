import type { CliIo } from './io.ts'

/** Ctrl-C and SIGTERM end the run in good order: calls are hung up and reports written. The second one ends it at once. */
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
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}

import { relative } from 'node:path'
import { exitCode, renderConsole, renderJson, type RunResult } from '../run/reporting.ts'
import { createColor, paintOf } from './color.ts'
import type { CliIo } from './io.ts'

export type EndingOptions = {
  readonly json: boolean
  /** Something else was printed already: the exit code alone is told. */
  readonly quiet: boolean
  readonly strict: boolean
  /** The run has just ended here; else its files were judged again, and that was not interrupted. */
  readonly live: boolean
  readonly noColor: boolean
  /** The lines per ladder stand on the screen already. */
  readonly alreadyListed: boolean
  readonly written: { readonly folder: string; readonly files: readonly string[] } | undefined
}

/** Prints a result and sets the exit code. */
export const tellResult = (io: CliIo, result: RunResult, options: EndingOptions): void => {
  const verdicts = result.ladders.flatMap(({ verdict, findings }) => [
    verdict,
    ...findings.map((finding) => finding.verdict),
  ])
  if (options.json) io.out(renderJson(result))
  else if (!options.quiet) {
    const paint = paintOf(createColor({ env: io.env, isTTY: io.isTTY, noColor: options.noColor }))
    const { written, alreadyListed } = options
    io.out(
      renderConsole(result, {
        paint,
        alreadyListed,
        ...(io.columns === undefined ? {} : { width: Math.min(io.columns, 160) }),
        ...(written === undefined ? {} : { written: { ...written, folder: relative(io.cwd, written.folder) || '.' } }),
      }),
    )
  }
  io.exit(exitCode({ interrupted: options.live && result.interrupted, verdicts, strict: options.strict }))
}

import { Argument, type Command } from 'commander'
import type { Listable, Row } from '../run/listing.ts'
import { type CliIo, usage } from './io.ts'

const kinds: readonly Listable[] = ['profiles', 'ladders', 'checks', 'faults']

/** Columns as wide as their widest text, the last one as it is; remarks below, indented. */
const table = (rows: readonly Row[]): string => {
  const widths = (rows[0]?.columns ?? []).map((_, column) =>
    // A remark on all rows is one column, of any width.
    Math.max(...rows.map(({ columns }) => (columns.length === 1 ? 0 : (columns[column]?.length ?? 0)))),
  )
  const line = (columns: readonly string[]): string =>
    columns.map((text, column) => (column === columns.length - 1 ? text : text.padEnd(widths[column] ?? 0))).join('  ')
  return rows
    .flatMap(({ columns, remarks }) => [line(columns), ...remarks.map((remark) => `  ${remark}`)])
    .map((text) => `${text}\n`)
    .join('')
}

export const addListCommand = (program: Command, io: CliIo): void => {
  program
    .command('list')
    .description('list all profiles, ladders, checks or faults')
    .addArgument(new Argument('<kind>', 'what to list').choices(kinds))
    .addHelpText('after', '\nExample:\n  trunkproof list ladders')
    .action(async (kind: Listable) => {
      const { list } = await import('../run/listing.ts')
      const rows = await list(kind)
      if (rows.ok) io.out(table(rows.value))
      else {
        const { faultLines } = await import('../run/catalogue.ts')
        io.err(faultLines(rows.faults))
        io.exit(usage)
      }
    })
}

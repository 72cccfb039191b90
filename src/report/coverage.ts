import { groupBy } from '../core/group.ts'

export type CoverageRow = {
  readonly id: string
  readonly document: string
  readonly statement: string
  /** `proved`: a check judges it and a fault makes that fail; `reported`: looked at, no more. */
  readonly status: 'proved' | 'reported' | 'not-testable'
  readonly checks: readonly string[]
  readonly ladders: readonly string[]
  readonly faults: readonly string[]
  /** Why it is not proved. */
  readonly reason: string | null
}

const count = (rows: readonly CoverageRow[], status: CoverageRow['status']): number =>
  rows.filter((row) => row.status === status).length

const summaryOf = (rows: readonly CoverageRow[]) => ({
  proved: count(rows, 'proved'),
  reported: count(rows, 'reported'),
  notTestable: count(rows, 'not-testable'),
})

/** What scripts rely on; the words of a statement are in `docs/requirements.json` and `trunkproof show`. */
const jsonOf = ({ id, status, checks, ladders, faults, reason }: CoverageRow) => ({
  id,
  status,
  checks,
  ladders,
  faults,
  reason,
})

export const coverageJson = (rows: readonly CoverageRow[]): string =>
  `${JSON.stringify({ requirements: rows.map(jsonOf), summary: summaryOf(rows) }, null, 2)}\n`

const tally = (rows: readonly CoverageRow[]): string => {
  const { proved, reported, notTestable } = summaryOf(rows)
  return `${proved} proved, ${reported} reported, ${notTestable} not testable`
}

const how = ({ status, checks, faults, reason }: CoverageRow): string =>
  status === 'proved' ? `${checks.join(', ')}; fault ${faults.join(', ')}` : (reason ?? '')

/** A line for each statement, by document. */
export const coverageText = (rows: readonly CoverageRow[]): string => {
  const width = Math.max(0, ...rows.map(({ id }) => id.length))
  const lines = [...groupBy(rows, ({ document }) => document)].flatMap(([document, of]) => [
    `${document}: ${tally(of)}`,
    ...of.map((row) => `  ${row.id.padEnd(width)}  ${row.status.padEnd(12)}  ${how(row)}`),
    '',
  ])
  return `${[...lines, `${rows.length} statements: ${tally(rows)}`].join('\n')}\n`
}

/** A table for each document; `|` in a statement would end its cell. */
export const coverageMarkdown = (rows: readonly CoverageRow[]): string => {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const tables = [...groupBy(rows, ({ document }) => document)].flatMap(([document, of]) => [
    `## ${document}`,
    '',
    `${tally(of)}.`,
    '',
    '| statement | | status | by |',
    '|---|---|---|---|',
    ...of.map((row) => `| ${row.id} | ${cell(row.statement)} | ${row.status} | ${cell(how(row))} |`),
    '',
  ])
  return [
    '# What is proved of what is documented',
    '',
    'Made by `trunkproof coverage --markdown`. **Proved**: a check judges it in a run, and a fault makes that check fail. **Reported**: a',
    'check looks at it. **Not testable**: the reason stands beside it.',
    '',
    `${rows.length} statements: ${tally(rows)}.`,
    '',
    ...tables,
  ].join('\n')
}

import { visible } from '../core/visible.ts'
import { type Paint, noPaint } from './paint.ts'
import type { LadderRow } from './result.ts'

export type DrawOptions = {
  /** Frames to point at: only the rows near the last of them are drawn, for there the matter is settled. */
  readonly around?: readonly number[]
  /** Rows before and after it. */
  readonly context?: number
  /** Columns in all. */
  readonly width?: number
  readonly paint?: Paint
}

const mark = '  <-- here'
const gutter = 18
const mostRows = 100

/** `---- INVITE (SDP) ---->`, as wide as the space between the two lifelines; `=` for an interval. */
const arrow = (row: LadderRow, width: number): string => {
  const line = row.frame === null ? '=' : '-'
  const times = row.copies > 0 ? ` (${row.copies + 1} times)` : ''
  const room = width - 6 - times.length
  const text = visible(row.label)
  const label = ` ${text.length > room ? `${text.slice(0, room - 1)}…` : text}${times} `
  const before = Math.max(2, Math.floor((width - 1 - label.length) / 2))
  const shaft = `${line.repeat(before)}${label}`.padEnd(width - 1, line)
  return row.from === 'pbx' ? `${shaft}>` : `<${line.repeat(before)}${label}`.padEnd(width, line)
}

const firstOf = (row: LadderRow): number => row.frame ?? row.others[0] ?? 0

/** Frame (of an interval the first) and time, as wide as the gutter. */
const place = (row: LadderRow): string => {
  const time = row.timeMs === null ? '' : (row.timeMs / 1000).toFixed(3)
  return `${String(firstOf(row)).padStart(6)}${time.padStart(10)}  `
}

/** The row that a frame belongs to: its own, else the first interval that it falls into. */
const rowOf = (rows: readonly LadderRow[], frame: number): number => {
  const own = rows.findIndex((row) => row.frame === frame || row.others.includes(frame))
  if (own >= 0) return own
  return rows.findIndex(
    (row) => row.frame === null && firstOf(row) < frame && frame < (row.others.at(-1) ?? Number.POSITIVE_INFINITY),
  )
}

type Window = { readonly from: number; readonly to: number; readonly marked: ReadonlySet<number> }

/** More frames than that are of a stream, and on one row. */
const mostMarks = 8

const windowOf = (rows: readonly LadderRow[], around: readonly number[], context: number): Window => {
  const last = around.at(-1)
  if (last === undefined) return { from: 0, to: Math.min(rows.length, mostRows), marked: new Set() }
  const own = rowOf(rows, last)
  // A frame that has no row of its own still has a place between two that have.
  const next = rows.findIndex((row) => firstOf(row) > last)
  const centre = own >= 0 ? own : next < 0 ? rows.length - 1 : Math.max(0, next - 1)
  const marked = new Set(around.slice(-mostMarks).map((frame) => rowOf(rows, frame)))
  return { from: Math.max(0, centre - context), to: Math.min(rows.length, centre + context + 1), marked }
}

const leftOut = (count: number, which: string): readonly string[] =>
  count > 0 ? [`${' '.repeat(gutter)}:  ${count} ${which}`] : []

/** A ladder diagram in lines of text: PBX left, trunk right, frame numbers as in Wireshark, times in seconds of the run. */
export const drawLadder = (rows: readonly LadderRow[], options: DrawOptions = {}): readonly string[] => {
  const { around = [], context = 3, width = 80, paint = noPaint } = options
  if (rows.length === 0) return []
  const inner = Math.max(24, width - gutter - 2 - mark.length)
  const { from, to, marked } = windowOf(rows, around, context)
  const head = `${'frame'.padEnd(6)}${'time'.padStart(10)} pbx${'trunk'.padStart(inner + 1)}`
  const drawn = rows.slice(from, to).map((row, index) => {
    const isMarked = marked.has(from + index)
    const line = `${place(row)}|${arrow(row, inner)}|`
    return isMarked ? paint.bold(line + mark) : line
  })
  return [paint.dim(head), ...leftOut(from, 'before'), ...drawn, ...leftOut(rows.length - to, 'after')]
}

import { Chalk, type ChalkInstance, supportsColor } from 'chalk'
import type { Verdict } from '../core/finding.ts'

export type ColorOptions = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTTY: boolean
  /** `--no-color` was given. */
  readonly noColor: boolean
}

/** FORCE_COLOR as chalk reads it: a level, or merely yes. */
const forced = (value: string): 0 | 1 | 2 | 3 => {
  if (value === '0' || value === 'false') return 0
  return value === '2' ? 2 : value === '3' ? 3 : 1
}

/** What may be painted. chalk alone would ignore NO_COLOR (no-color.org) on a terminal. */
const levelOf = ({ env, isTTY, noColor }: ColorOptions): 0 | 1 | 2 | 3 => {
  if (noColor || (env.NO_COLOR ?? '') !== '') return 0
  if (env.FORCE_COLOR !== undefined) return forced(env.FORCE_COLOR)
  if (!isTTY || env.TERM === 'dumb' || (env.CI ?? '') !== '') return 0
  return supportsColor === false ? 1 : supportsColor.level
}

/** Colours for one output stream. */
export const createColor = (options: ColorOptions): ChalkInstance => new Chalk({ level: levelOf(options) })

const inks = {
  pass: 'green',
  info: 'cyan',
  warn: 'yellow',
  fail: 'red',
  inconclusive: 'magenta',
  error: 'red',
  waived: 'cyan',
  'not-applicable': 'dim',
} as const satisfies Record<Verdict, keyof ChalkInstance>

/** The inks of a report. */
export const paintOf = (color: ChalkInstance) => ({
  bold: (text: string): string => color.bold(text),
  dim: (text: string): string => color.dim(text),
  verdict: (verdict: Verdict, text: string): string => color[inks[verdict]](text),
})

import type { ChalkInstance } from 'chalk'
import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrTaskWrapper,
  ProcessOutput,
} from 'listr2'
import type { Verdict } from '../core/finding.ts'
import { visible } from '../core/visible.ts'
import { paintOf } from './color.ts'

export type PlannedLadder = { readonly key: number; readonly title: string }

/** What a run tells while it goes on. `text` is one short line. */
export type Progress = {
  readonly plan: (ladders: readonly PlannedLadder[]) => void
  readonly started: (key: number) => void
  readonly step: (key: number, text: string) => void
  readonly finished: (key: number, verdict: Verdict, text: string) => void
  /** Clears what was painted, so that the text that ends the run stands alone. */
  readonly done: () => Promise<void>
}

export type ProgressOptions = {
  readonly out: NodeJS.WriteStream
  readonly isTTY: boolean
  readonly ci: boolean
  readonly color: ChalkInstance
}

/** `PASS            options/answered (trunk under test)  1 warn`, as in the text that ends the run. */
const finishedLine = (color: ChalkInstance, title: string, verdict: Verdict, text: string): string => {
  const word = paintOf(color).verdict(verdict, verdict.toUpperCase().padEnd(14))
  return `${word}  ${visible(title)}${text === '' ? '' : `  ${visible(text)}`}`
}

/** For logs and pipes: a line when a ladder is finished, nothing else. */
const plainProgress = ({ out, color }: ProgressOptions): Progress => {
  const titles = new Map<number, string>()
  return {
    plan: (ladders) => {
      for (const { key, title } of ladders) titles.set(key, title)
    },
    started: () => undefined,
    step: () => undefined,
    finished: (key, verdict, text) => {
      out.write(`  ${finishedLine(color, titles.get(key) ?? String(key), verdict, text)}\n`)
    },
    done: () => Promise.resolve(),
  }
}

/** listr2 asks whether standard output is a terminal; we know that `out` is. */
class PaintedRenderer extends DefaultRenderer {
  static override readonly nonTTY: boolean = true
}

type Task = ListrTaskWrapper<unknown, typeof PaintedRenderer, typeof PaintedRenderer>

/** A ladder run on the screen: a task without a title is not shown, so that what goes on stays in sight. */
type Row = {
  readonly title: string
  line: string | undefined
  task: Task | undefined
  readonly ended: Promise<void>
  readonly end: () => void
}

const newRow = (title: string): Row => {
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return { title, line: undefined, task: undefined, ended, end }
}

const show = (row: Row, line: string): void => {
  row.line = line
  if (row.task) row.task.title = line
}

const listOf = (rows: readonly Row[], out: NodeJS.WriteStream) =>
  new Listr<unknown, typeof PaintedRenderer, typeof PaintedRenderer>(
    rows.map((row) => ({
      task: (_, task) => {
        row.task = task
        if (row.line !== undefined) task.title = row.line
        return row.ended
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      // Ctrl-C ends calls first: the run's own business.
      registerSignalListeners: false,
      renderer: PaintedRenderer,
      fallbackRenderer: PaintedRenderer,
      rendererOptions: {
        clearOutput: true,
        formatOutput: 'truncate',
        // The line itself says how it ended: no tick beside a FAIL.
        icon: { [ListrDefaultRendererLogLevels.COMPLETED]: ' ' },
        logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: new ProcessOutput(out, out) }),
      },
    },
  )

/** On a terminal: a line per ladder run that has begun, repainted. */
const paintedProgress = ({ out, color }: ProgressOptions): Progress => {
  const rows = new Map<number, Row>()
  let running: Promise<unknown> = Promise.resolve()
  const update = (key: number, line: (row: Row) => string): Row | undefined => {
    const row = rows.get(key)
    if (row) show(row, line(row))
    return row
  }
  return {
    plan: (ladders) => {
      for (const { key, title } of ladders) rows.set(key, newRow(title))
      running = listOf([...rows.values()], out).run()
    },
    started: (key) => void update(key, ({ title }) => visible(title)),
    step: (key, text) => void update(key, ({ title }) => `${visible(title)}  ${color.dim(visible(text))}`),
    finished: (key, verdict, text) => update(key, ({ title }) => finishedLine(color, title, verdict, text))?.end(),
    done: async () => {
      for (const row of rows.values()) row.end()
      await running
    },
  }
}

/** Live progress on a terminal that has lines to paint on; in CI and in a pipe, plain lines. */
export const createProgress = (options: ProgressOptions): Progress =>
  options.isTTY && !options.ci && options.out.rows > 0 ? paintedProgress(options) : plainProgress(options)

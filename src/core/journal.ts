import type { Frame } from './frame.ts'
import type { StepOutcome } from './outcome.ts'
import type { Side } from './finding.ts'

/** One line of `journal.jsonl`. `ladder` is the identity of a ladder run: its capture interface number, from 0. */
export type JournalLine =
  | { readonly type: 'run'; readonly header: unknown }
  | {
      readonly type: 'ladder'
      readonly ladder: number
      readonly id: string
      readonly side: Side
      readonly cell: string
      readonly title: string
      readonly breaks: readonly string[]
      readonly timeMs: number
    }
  /** The phone of a ladder run has an interface of its own: its frames name that. */
  | { readonly type: 'phone'; readonly ladder: number; readonly of: number; readonly timeMs: number }
  | { readonly type: 'step'; readonly ladder: number; readonly outcome: StepOutcome }
  /** A signalling frame; media goes to the capture only. `bytes` is masked, in latin1. `cause` stands on all that we sent. */
  | {
      readonly type: 'frame'
      readonly ladder: number
      readonly frame: Omit<Frame, 'bytes'>
      readonly bytes: string
      readonly cause?: string
    }
  | { readonly type: 'note'; readonly ladder: number | null; readonly text: string; readonly timeMs: number }
  | { readonly type: 'ladder-end'; readonly ladder: number; readonly timeMs: number; readonly end: unknown }
  | { readonly type: 'run-end'; readonly timeMs: number; readonly interrupted: boolean }

import type { Verdict } from '../core/finding.ts'

/** Colours as an argument: what the terminal can show is known in `cli`. */
export type Paint = {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly verdict: (verdict: Verdict, text: string) => string
}

const plain = (text: string): string => text

export const noPaint: Paint = { bold: plain, dim: plain, verdict: (_, text) => text }

import { createInterface } from 'node:readline/promises'
import type { CliIo } from './io.ts'

/** Longer than it takes to walk to a telephone. */
const mostMs = 120_000

/** Asks the person at the terminal and waits for Enter; `false` where there is no terminal or nobody answers. */
export const askOn =
  (io: CliIo) =>
  async (question: string, signal: AbortSignal): Promise<boolean> => {
    if (!process.stdin.isTTY) return false
    io.err(`\n${question}: then press Enter `)
    const reader = createInterface({ input: process.stdin })
    try {
      await reader.question('', { signal: AbortSignal.any([signal, AbortSignal.timeout(mostMs)]) })
      return true
    } catch {
      return false
    } finally {
      reader.close()
    }
  }

import { createInterface } from 'node:readline/promises'
import type { Execution } from '../run/execute.ts'
import type { CliIo } from './io.ts'

type Ask = NonNullable<Execution['ask']>

/** Longer than it takes to walk to a telephone. */
const mostMs = 120_000

/** Asks the person at the terminal and waits for Enter; `false` where nobody answers. */
const atTerminal =
  (io: CliIo): Ask =>
  async (question, signal) => {
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

/** How a person is asked, where there is a terminal. */
export const askOn = (io: CliIo): Ask | undefined => (process.stdin.isTTY ? atTerminal(io) : undefined)

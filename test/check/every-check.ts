import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from '../../src/check/check.ts'

const folder = join(import.meta.dirname, '../../src/check/checks')

/** Every check of the house, by its file. */
export const everyCheck: readonly { readonly file: string; readonly check: Check }[] = await Promise.all(
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map(async (file) => {
      const loaded = (await import(join(folder, file))) as { default: Check }
      return { file, check: loaded.default }
    }),
)

export const allChecks: readonly Check[] = everyCheck.map(({ check }) => check)

#!/usr/bin/env node
import { existsSync } from 'node:fs'

const built = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(built)) {
  const [{ main }, { processIo }] = await Promise.all([import(built.href), import(new URL('io.js', built).href)])
  await main(process.argv.slice(2), processIo())
} else {
  process.stderr.write('error: trunkproof is not built yet; try npm run build\n')
  process.exitCode = 2
}

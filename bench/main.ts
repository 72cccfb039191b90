import { inspect } from './inspect.ts'
import { run } from './run.ts'

/** `npm run -s bench -- <name> [--json] [--quick]`: each measures its peer in the same run. */
type Bench = (quick: boolean, flags: readonly string[]) => Promise<Readonly<Record<string, number | boolean | string>>>
const benches: Readonly<Record<string, Bench>> = { inspect, run }

const [name = '', ...flags] = process.argv.slice(2)
const bench = benches[name]
if (bench === undefined) {
  process.stderr.write(`error: no benchmark ${JSON.stringify(name)}; try one of ${Object.keys(benches).join(', ')}\n`)
  process.exitCode = 2
} else {
  const figures = await bench(flags.includes('--quick'), flags)
  process.stdout.write(
    flags.includes('--json')
      ? `${JSON.stringify(figures)}\n`
      : Object.entries(figures)
          .map(([key, value]) => `${key.padEnd(16)}${value}\n`)
          .join(''),
  )
}

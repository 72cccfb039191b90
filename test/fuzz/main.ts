import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readChecks } from '../../src/run/catalogue.ts'
import { mutantOf, readMutant, seeds } from './capture.ts'
import { createChance } from './chance.ts'

/** `npm run fuzz -- capture [--cases N] [--seed N]`: mutated captures, each read to its findings and causes. */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string' } },
})

/** Longer than any of these small files may take, by far. */
const longestMs = 5000
/** Old space may hold what was compiled and cached; a leak of a million cases is more. */
const mostGrowthMb = 32

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heapMb = (): number => {
  collect()
  return process.memoryUsage().heapUsed / 1e6
}

const fuzzCapture = async (cases: number, seed: number): Promise<boolean> => {
  const checks = await readChecks()
  const corpus = seeds()
  let [frames, slowestMs, startMb] = [0, 0, 0]
  for (let number = 0; number < cases; number += 1) {
    // Each case has a seed of its own, so that one can be run again alone.
    const chance = createChance(seed + number)
    const mutant = mutantOf(corpus, chance)
    const begun = performance.now()
    try {
      frames += readMutant(mutant, chance, checks)
    } catch (error) {
      const path = `fuzz-capture-${seed + number}.bin`
      writeFileSync(path, mutant)
      process.stdout.write(`case ${number} threw, its bytes are in ${path}; again: --cases 1 --seed ${seed + number}\n`)
      process.stdout.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      return false
    }
    const took = performance.now() - begun
    if (took > longestMs) process.stdout.write(`case ${number} took ${Math.round(took)} ms: --seed ${seed + number}\n`)
    slowestMs = Math.max(slowestMs, took)
    if (number === Math.floor(cases / 5)) startMb = heapMb()
  }
  const growthMb = heapMb() - startMb
  process.stdout.write(
    `${cases} captures, seed ${seed}: ${frames} frames, none threw; slowest ${slowestMs.toFixed(0)} ms, heap grew by ${growthMb.toFixed(1)} MB\n`,
  )
  return slowestMs <= longestMs && growthMb <= mostGrowthMb
}

const [what] = positionals
const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
if (what === 'capture') {
  process.stdout.write(`seed ${seed}\n`)
  process.exitCode = (await fuzzCapture(Number(values.cases), seed)) ? 0 : 1
} else {
  process.stderr.write(`error: nothing to fuzz is called ${JSON.stringify(what ?? '')}; try capture\n`)
  process.exitCode = 2
}

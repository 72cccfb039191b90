import { expect, test } from 'vitest'
import { readChecks } from '../../src/run/catalogue.ts'
import { mutantOf, readMutant, seeds } from './capture.ts'
import { createChance } from './chance.ts'

/** `TRUNKPROOF_FUZZ_SEED` runs another one; what is written here makes every run the same. */
const seed = Number(process.env.TRUNKPROOF_FUZZ_SEED ?? 20_261_121)

test(`three thousand mutated captures are read to their end, seed ${seed}`, async () => {
  const checks = await readChecks()
  const corpus = seeds()
  let frames = 0
  for (let number = 0; number < 3000; number += 1) {
    const chance = createChance(seed + number)
    const mutant = mutantOf(corpus, chance)
    frames += readMutant(mutant, chance, checks)
  }
  // Most of them can still be read for a while: else only the refusal of a head would be tried.
  expect(frames).toBeGreaterThan(6000)
}, 60_000)

import { expect, test } from 'vitest'
import { mutantOf, seeds } from '../fuzz/capture.ts'
import { createChance } from '../fuzz/chance.ts'
import { type ReadCapture, readChunked } from '../support/read-capture.ts'

const seed = 20_261_121
const corpus = seeds()

const mutants = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, number) => {
    const chance = createChance(seed + number)
    return mutantOf(corpus, chance)
  })

/** Counts of `skipped` that are of no packet. */
const noPackets: ReadonlySet<string> = new Set(['tcp gap', 'secrets beyond 1 MB'])

/** Packets that are in a frame, and those that are named as skipped. */
const accounted = ({ frames, summary }: ReadCapture): number => {
  const told = new Set(frames.flatMap(({ number, parts }) => [number, ...(parts ?? [])]))
  const skipped = Object.entries(summary.ok ? summary.value.skipped : {})
  return skipped.reduce((sum, [reason, packets]) => sum + (noPackets.has(reason) ? 0 : packets), told.size)
}

/** Comparing millions of octets one by one takes its time. */
const shown = (read: ReadCapture): string =>
  JSON.stringify(read, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  )

test(`a bent capture is read alike, wherever it is cut into chunks, seed ${seed}`, () => {
  for (const [number, file] of mutants(600).entries()) {
    const whole = shown(readChunked(file))
    for (const size of [1, 3, 16, 61, 500])
      expect(shown(readChunked(file, size)), `case ${number}, chunks of ${size}`).toBe(whole)
  }
})

test(`each packet of a bent capture is in a frame or named as skipped, never both, seed ${seed}`, () => {
  for (const [number, file] of mutants(5000).entries()) {
    const read = readChunked(file)
    if (read.summary.ok) expect(accounted(read), `case ${number}`).toBe(read.summary.value.packets)
  }
})

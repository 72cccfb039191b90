import { expect, test } from 'vitest'
import { faultLines, readCatalogue } from '../../src/run/catalogue.ts'

test('the whole catalogue loads, and every id is there once', async () => {
  const read = await readCatalogue()
  if (!read.ok) throw new Error(faultLines(read.faults))
  const { profiles, ladders, checks, faults } = read.value
  for (const items of [profiles, ladders, checks, faults]) {
    const ids = items.map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...ids].sort()).toEqual(ids)
  }
})

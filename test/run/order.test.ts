import { expect, test } from 'vitest'
import { catalogue, journalLines, keptRun } from '../support/embedded-run.ts'

test('the ladders that wait longest are begun first; the result keeps the order of the catalogue', async () => {
  const names = ['termination/busy', 'termination/answered-call', 'termination/hold-resume']
  const ladders = names.flatMap((name) => catalogue.ladders.filter(({ id }) => id === name))
  const { journal, result } = await keptRun({ profile: 'sinch/eu', ladders, sides: ['trunk'] })
  const begun = journalLines(journal).flatMap((line) => (line.type === 'ladder' ? [line.id] : []))
  expect([...new Set(begun)]).toEqual([...names].reverse())
  expect([...new Set(result.ladders.map(({ id }) => id))]).toEqual(names)
})

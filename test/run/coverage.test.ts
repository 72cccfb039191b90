import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { coverage } from '../../src/run/covering.ts'
import { coverageOf } from '../../src/run/coverage.ts'
import { readRequirements } from '../../src/run/requirements.ts'
import { runCli } from '../cli/support.ts'
import { catalogue, keptRun } from '../support/embedded-run.ts'

const rows = coverageOf({ ...catalogue, requirements: readRequirements() })
const proved = rows.filter(({ status }) => status === 'proved')

describe('what coverage calls proved', () => {
  const passed = new Set<string>()
  beforeAll(async () => {
    for (const { id } of catalogue.profiles) {
      const { result } = await keptRun({ profile: id, keepSecrets: false })
      for (const { findings } of result.ladders)
        for (const { verdict, requirements } of findings)
          if (verdict === 'pass') for (const requirement of requirements) passed.add(requirement)
    }
  }, 60_000)

  test('a check judges in a clean run of some profile', () => {
    expect(proved.map(({ id }) => id).filter((id) => !passed.has(id))).toEqual([])
    expect(proved.length).toBeGreaterThanOrEqual(50)
  })
  test('a fault of the catalogue breaks, in a ladder that there is', () => {
    const ladders = new Set(catalogue.ladders.map(({ id }) => id))
    for (const { faults, ladders: played } of proved) {
      expect(faults.length).toBeGreaterThan(0)
      expect(played.filter((id) => ladders.has(id)).length).toBeGreaterThan(0)
    }
  })
})

test('what is not proved says why', () => {
  for (const { status, reason } of rows) expect(reason === null).toBe(status === 'proved')
})

test('a statement whose only check loses its faults is no longer proved', () => {
  const without = coverageOf({ ...catalogue, faults: [], requirements: readRequirements() })
  expect(without.filter(({ status }) => status === 'proved')).toEqual([])
  expect(without.filter(({ status }) => status === 'reported').length).toBeGreaterThanOrEqual(proved.length)
})

test('coverage --json has the keys that scripts rely on', async () => {
  const { out, code } = await runCli(['coverage', '--json'])
  const { requirements, summary } = JSON.parse(out) as {
    requirements: readonly object[]
    summary: Record<string, number>
  }
  expect(code).toBe(0)
  expect(Object.keys(requirements[0] ?? {})).toEqual(
    expect.arrayContaining(['id', 'status', 'checks', 'ladders', 'faults', 'reason']),
  )
  expect((summary.proved ?? 0) + (summary.reported ?? 0) + (summary.notTestable ?? 0)).toBe(requirements.length)
})

test('docs/coverage.md is what coverage --markdown prints', async () => {
  const { text } = await coverage('markdown')
  expect(readFileSync(new URL('../../docs/coverage.md', import.meta.url), 'utf8')).toBe(text)
})

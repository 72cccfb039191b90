import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { coverage } from '../../src/run/covering.ts'
import { coverageOf } from '../../src/run/coverage.ts'
import { type CatalogueFault, brokenIn, isFaultOf } from '../../src/run/fault.ts'
import { readRequirements } from '../../src/run/requirements.ts'
import { runCli } from '../cli/support.ts'
import { catalogue, keptRun } from '../support/embedded-run.ts'

const requirements = readRequirements()

/** What a fault says that it breaks, and no profile says that its check judges. */
const uncarried = (fault: CatalogueFault): readonly string[] => {
  const carried = catalogue.profiles
    .filter((profile) => isFaultOf(profile, fault))
    .flatMap(({ requirements: rows }) => (rows[fault.check] ?? []).flatMap((row) => brokenIn(fault, row)))
  return (fault.requirement ?? []).filter((id) => !carried.includes(id)).map((id) => `${fault.id}: ${id}`)
}
const rows = coverageOf({ ...catalogue, requirements })
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
  }, 180_000)

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

describe('what is not proved', () => {
  const why = new Map(requirements.map(({ id, reported, notTestable }) => [id, { reported, notTestable }]))
  const told = rows.filter(({ status }) => status !== 'proved')

  test('says why', () => {
    for (const { status, reason } of rows) expect(reason === null).toBe(status === 'proved')
  })
  test('says it in words of its own, which stand beside the statement', () => {
    const unsaid = told.filter(
      ({ id, status, checks }) =>
        (status === 'not-testable' && (why.get(id)?.notTestable ?? '').length < 20) ||
        (status === 'reported' && checks.length === 0 && (why.get(id)?.reported ?? '').length < 20),
    )
    expect(unsaid.map(({ id }) => id)).toEqual([])
    expect(told.filter(({ reason }) => /\bnot yet\b|no check/.test(reason ?? '')).map(({ id }) => id)).toEqual([])
  })
  test('is either measured or out of reach, not both', () => {
    const both = requirements.filter(({ reported, notTestable }) => reported !== undefined && notTestable !== undefined)
    expect(both).toEqual([])
  })
})

describe('statements that are named', () => {
  const known = new Set(requirements.map(({ id }) => id))
  test('by profiles, for their checks and ladders, are in docs/requirements.json', () => {
    const named = catalogue.profiles.flatMap((profile) =>
      Object.values(profile.requirements).flatMap((all) => all.flatMap(({ ids }) => ids)),
    )
    expect(named.filter((id) => !known.has(id))).toEqual([])
  })
  test('by faults are in docs/requirements.json', () => {
    const named = catalogue.faults.flatMap((fault) => fault.requirement ?? [])
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((id) => !known.has(id))).toEqual([])
  })
  test('by faults are carried by their check, in a row of their side and ladders, with a profile that has them', () => {
    expect(catalogue.faults.flatMap((fault) => uncarried(fault))).toEqual([])
  })
  test('by a fault whose check does not carry them are told', () => {
    const [fault] = catalogue.faults.filter(({ id }) => id === 'to-rewritten')
    expect(fault && uncarried({ ...fault, requirement: ['SINCH-ORIG-06'] })).toEqual(['to-rewritten: SINCH-ORIG-06'])
    expect(fault && uncarried({ ...fault, side: 'trunk', check: 'from-host', requirement: ['SINCH-INV-02'] })).toEqual([
      'to-rewritten: SINCH-INV-02',
    ])
  })
})

describe('a fault that names no statement', () => {
  const provedBy = (fault: CatalogueFault, ids: readonly string[]): readonly string[] => {
    const [profile] = catalogue.profiles
    if (profile === undefined) throw new Error('there is no profile')
    const alone = { ...profile, requirements: { [fault.check]: [{ ids }] } }
    const of = coverageOf({ ...catalogue, profiles: [alone], faults: [fault], requirements })
    return of.filter(({ status }) => status === 'proved').map(({ id }) => id)
  }
  const [fault] = catalogue.faults.filter(({ id }) => id === 'ack-lost')
  if (fault === undefined) throw new Error('there is no fault ack-lost')
  test('proves the only one that its check carries', () => {
    expect(provedBy(fault, ['RFC3261-ACK-01'])).toEqual(['RFC3261-ACK-01'])
  })
  test('proves none of several', () => {
    expect(provedBy(fault, ['RFC3261-ACK-01', 'IO-DLG-02'])).toEqual([])
  })
  test('proves none where it says so', () => {
    expect(provedBy({ ...fault, requirement: [] }, ['RFC3261-ACK-01'])).toEqual([])
  })
})

test('a statement whose only check loses its faults is no longer proved', () => {
  const without = coverageOf({ ...catalogue, faults: [], requirements })
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
  for (const row of requirements)
    expect(Object.keys(row)).toEqual(['id', 'status', 'checks', 'ladders', 'faults', 'reason'])
  expect(Object.keys(summary)).toEqual(['proved', 'reported', 'notTestable'])
  expect((summary.proved ?? 0) + (summary.reported ?? 0) + (summary.notTestable ?? 0)).toBe(requirements.length)
})

test('coverage has one form at a time', async () => {
  const { err, code } = await runCli(['coverage', '--json', '--markdown'])
  expect(err).toContain('--markdown')
  expect(code).toBe(2)
})

test('docs/coverage.md is what coverage --markdown prints', async () => {
  const { text } = await coverage('markdown')
  expect(readFileSync(new URL('../../docs/coverage.md', import.meta.url), 'utf8')).toBe(text)
})

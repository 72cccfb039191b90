import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readProfiles } from '../../src/run/catalogue.ts'
import { showLoadFault } from '../../src/profile/document.ts'
import { isFaultOf, loadFault } from '../../src/run/fault.ts'

const root = join(import.meta.dirname, '../..')
const files = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
const idsOf = (folder: string): readonly string[] => files(folder).map((name) => name.slice(0, -'.yaml'.length))

const faults = files('faults').map((name) => {
  const loaded = loadFault(`faults/${name}`, readFileSync(join(root, 'faults', name), 'utf8'))
  if (!loaded.ok) throw new Error(loaded.faults.map(showLoadFault).join('\n'))
  return { name, fault: loaded.value }
})
const loaded = readProfiles()
if (!loaded.ok) throw new Error(loaded.faults.map(showLoadFault).join('\n'))
const profiles = loaded.value
const checks = readdirSync(join(root, 'src/check/checks')).map((name) => name.slice(0, -'.ts'.length))

const hasTshark = (() => {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return process.env.TRUNKPROOF_REQUIRE_PEERS === '1'
  }
})()

/** pcapng of one section and one interface of raw IP, and no packet. */
const emptyCapture = Buffer.from(
  '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000' + '010000001400000065000000000000' + '0014000000',
  'hex',
)

/** No provider states that it can be reached, that calls go as our ladders draw them, or how one comes back to us. */
const unstated = ['ladder', 'sut-unreachable', 'loop-caller-id', 'loop-number', 'loop-headers']

describe.each(faults)('fault $name', ({ name, fault }) => {
  test('has the id of its file', () => {
    expect(`${fault.id}.yaml`).toBe(name)
  })

  test('names a check, profiles and ladders that exist', () => {
    expect(checks).toContain(fault.check)
    expect(idsOf('profiles')).toEqual(expect.arrayContaining([...(fault.profiles ?? [])]))
    expect(idsOf('scenarios')).toEqual(expect.arrayContaining([...fault.ladders]))
  })

  test('shows with a profile, and breaks a statement that each of its profiles documents', () => {
    const shown = profiles.filter((profile) => isFaultOf(profile, fault))
    expect(shown).not.toEqual([])
    for (const { requirements } of shown) {
      const rows = (requirements[fault.check] ?? []).filter(({ side }) => (side ?? fault.side) === fault.side)
      const ids = rows.flatMap((row) => row.ids)
      if (unstated.includes(fault.check) && ids.length === 0) continue
      if (fault.requirement?.length !== 0) expect(ids.length).toBeGreaterThan(0)
      // A fault with `requirement: none` shows that its check can fail, and proves no statement.
      if (fault.requirement !== undefined && fault.requirement.length > 0)
        expect(fault.requirement.filter((id) => ids.includes(id))).not.toEqual([])
    }
    const documented = shown.flatMap(({ requirements }) => (requirements[fault.check] ?? []).flatMap((row) => row.ids))
    expect(documented).toEqual(expect.arrayContaining([...(fault.requirement ?? [])]))
  })
})

test('each check has a fault', () => {
  const proved = new Set(faults.map(({ fault }) => fault.check))
  expect(checks.filter((check) => !proved.has(check))).toEqual([])
})

describe.skipIf(!hasTshark)('display filters (tshark)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trunkproof-faults-'))
  const file = join(folder, 'empty.pcapng')
  writeFileSync(file, emptyCapture)
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(faults)('tshark knows every field of the filter of $name', ({ fault }) => {
    expect(execFileSync('tshark', ['-r', file, '-Y', fault.filter.expression], { stdio: 'pipe' }).toString()).toBe('')
  })
})

const minimal = (more: string): string =>
  [
    'id: a',
    'title: A',
    'side: trunk',
    'check: auth-realm',
    'profiles: [a/b]',
    'ladders: [c/d]',
    'filter: { present: sip }',
    more,
  ].join('\n')

describe('a wrong fault file is refused with its place', () => {
  const refused = (text: string): readonly string[] => {
    const loaded = loadFault('faults/a.yaml', text)
    return loaded.ok ? [] : loaded.faults.map(showLoadFault)
  }

  test('an unknown key', () => {
    expect(refused(minimal('seam: policy\npolicy: { realm: x }\nladder: x'))).toEqual([
      expect.stringMatching(/^faults\/a\.yaml:10:1: found the key "ladder", allowed: one of: id, title, /),
    ])
  })

  test('a setting that the party does not have', () => {
    expect(refused(minimal('seam: policy\npolicy: { realms: x }'))).toEqual([
      expect.stringMatching(/^faults\/a\.yaml:9:11: policy: found the key "realms", allowed: one of: shape, /),
    ])
  })

  test('an unknown seam', () => {
    expect(refused(minimal('seam: magic'))).toEqual([
      expect.stringMatching(/^faults\/a\.yaml:8:7: seam: found "magic", allowed: .*policy, wire, packet/),
    ])
  })

  test('both present and absent', () => {
    const text = minimal('seam: policy\npolicy: { realm: x }').replace('present: sip', 'present: sip, absent: rtp')
    expect(refused(text)).toHaveLength(1)
  })
})

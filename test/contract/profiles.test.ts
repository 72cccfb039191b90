import { describe, expect, test } from 'vitest'
import { readChecks, readLadders, readProfiles } from '../../src/run/catalogue.ts'
import { isOfFormat } from '../../src/profile/numbers.ts'
import { readRequirements } from '../../src/run/requirements.ts'

/** The checks of the first slice. */
const firstChecks = [
  'auth-realm',
  'auth-credentials',
  'number-format',
  'caller-id-owned',
  'request-uri-host',
  'from-host',
  'via-echoed',
  'to-echoed',
  'in-dialog-target',
  'route-set',
  'contact-scope',
  'via-rport',
  'codec-offered',
  'codec-shared',
  'payload-type-in-sdp',
  'ptime',
  'rtp-port-range',
  'rtp-address',
  'rtp-arrives',
  'ack-arrives',
  'bye-answered',
  'options-answered',
]

const loaded = readProfiles()
const profiles = loaded.ok ? loaded.value : []
const statements = new Set(readRequirements().map(({ id }) => id))
const checks = await readChecks()
const read = readLadders()
const ladders = new Set(read.ok ? read.value.map(({ id }) => id) : [])

test('all profiles load', () => {
  expect(loaded).toMatchObject({ ok: true })
  expect(profiles.map(({ id }) => id)).toEqual(expect.arrayContaining(['sinch/eu', 'vonage/eu']))
})

test('every documented statement stands once', () => {
  expect(statements.size).toBe(readRequirements().length)
})

describe.each(profiles)('$id', (profile) => {
  const rows = Object.entries(profile.requirements)
  test('names only statements that docs/requirements.json has', () => {
    expect(rows.flatMap(([, all]) => all.flatMap(({ ids }) => ids)).filter((id) => !statements.has(id))).toEqual([])
  })
  test('says of every check which statements it proves', () => {
    expect(firstChecks.filter((check) => !(check in profile.requirements))).toEqual([])
  })
  test('speaks only of checks that exist', () => {
    const named = [...Object.keys(profile.requirements), ...profile.troubleshooting.flatMap((each) => each.checks)]
    const known = new Set([...firstChecks, ...checks.map(({ id }) => id)])
    expect(named.filter((check) => !known.has(check))).toEqual([])
  })
  test('has no row for a side that its check does not judge', () => {
    const idle = checks.flatMap(({ id, judges }) =>
      (profile.requirements[id] ?? []).filter(({ side }) => side !== undefined && !judges.includes(side)).map(() => id),
    )
    expect(idle).toEqual([])
  })
  test('has no check for which one side has two rows in the same ladder', () => {
    for (const [check, all] of rows)
      for (const side of ['pbx', 'trunk'] as const) {
        const fitting = all.filter((row) => row.side === undefined || row.side === side)
        const named = fitting.flatMap((row) => row.ladders ?? [])
        expect([check, fitting.filter((row) => row.ladders === undefined).length]).toEqual([
          check,
          expect.toSatisfy((count: number) => count <= (named.length === 0 ? 1 : 0)),
        ])
        expect(named).toEqual([...new Set(named)])
      }
  })
  test('names only ladders that there are', () => {
    const named = rows.flatMap(([, all]) => all.flatMap((row) => row.ladders ?? []))
    expect(named.filter((id) => !ladders.has(id))).toEqual([])
  })
})

test('the two providers contrast, so that nothing hardens around one', () => {
  const [sinch, vonage] = ['sinch/eu', 'vonage/eu'].map((id) => profiles.find((profile) => profile.id === id))
  expect(sinch?.authentication.realm).toBe(sinch?.signalling.hosts[0])
  expect(vonage?.authentication.realm).toBeUndefined()
  expect(sinch?.authentication.challenge).not.toBe(vonage?.authentication.challenge)
  expect(isOfFormat(sinch?.numbers.from ?? 'e164', '+447700900000')).toBe(true)
  expect(isOfFormat(vonage?.numbers.from ?? 'e164', '+447700900000')).toBe(false)
  expect(vonage?.media.ports).toBeUndefined()
  expect(vonage?.media.addresses).toBeUndefined()
  expect(vonage?.media.codecs).not.toEqual(sinch?.media.codecs)
})

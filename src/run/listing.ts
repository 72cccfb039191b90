import { speakable } from '../sdp/codecs.ts'
import { type Loaded, refused } from '../profile/document.ts'
import type { Profile } from '../profile/profile.ts'
import type { Ladder } from '../scenario/ladder.ts'
import { numbersOf } from '../scenario/applicable.ts'
import { unspokenOf } from '../scenario/cells.ts'
import { type Catalogue, readChecks, readFaults, readLadders, readProfiles } from './catalogue.ts'

export type Listable = 'profiles' | 'ladders' | 'checks' | 'faults'

/** One line of a list: columns, and remarks below them. */
export type Row = { readonly columns: readonly string[]; readonly remarks: readonly string[] }

const row = (...columns: readonly string[]): Row => ({ columns, remarks: [] })

/** Every ladder lacks it where a profile documents TLS: said once. */
const ofEach = 'transport=tls'

const unspokenOfEach = (ladders: readonly Ladder[], profiles: readonly Profile[]): readonly Row[] => {
  const ids = profiles
    .filter((profile) => ladders.some((ladder) => unspokenOf(ladder, profile, speakable).includes(ofEach)))
    .map(({ id }) => id)
  return ids.length === 0 ? [] : [row(`not spoken yet, of any ladder: ${ofEach} with ${ids.join(', ')}`)]
}

/** Cells that are not made because the harness does not speak their codec yet, by the profile that documents it. */
const unspoken = (ladder: Ladder, profiles: readonly Profile[]): readonly string[] =>
  profiles.flatMap((profile) => {
    const cells = unspokenOf(ladder, profile, speakable).filter((cell) => cell !== ofEach)
    return cells.length === 0 ? [] : [`not spoken yet with ${profile.id}: ${cells.join(', ')}`]
  })

/** A number that few have; all others are asked for by most ladders. */
const lacking = (ladder: Ladder): readonly string[] =>
  numbersOf(ladder).includes('loop')
    ? ['only with numbers.loop in trunkproof.yaml: a number of yours that is routed back to this machine']
    : []

const ladderRows = (ladders: readonly Ladder[], profiles: readonly Profile[]): readonly Row[] =>
  ladders.map((ladder) => ({
    columns: [ladder.id, ladder.tests.join(', '), ladder.title],
    remarks: [...lacking(ladder), ...unspoken(ladder, profiles)],
  }))

const rowsOfChecks = (checks: Catalogue['checks']): readonly Row[] =>
  checks.map(({ id, strength, judges, title }) => row(id, strength, judges.join(', '), title))

const rowsOfFaults = (faults: Catalogue['faults']): readonly Row[] =>
  faults.map(({ id, side, check, title }) => row(id, side, check, title))

const done = (value: readonly Row[]): Loaded<readonly Row[]> => ({ ok: true, value })

/** All profiles, ladders, checks or faults: only the files that the list needs are read. */
export const list = async (kind: Listable): Promise<Loaded<readonly Row[]>> => {
  if (kind === 'checks') return done(rowsOfChecks(await readChecks()))
  if (kind === 'faults') {
    const faults = readFaults()
    return faults.ok ? done(rowsOfFaults(faults.value)) : faults
  }
  const profiles = readProfiles()
  if (!profiles.ok) return refused(...profiles.faults)
  if (kind === 'profiles') return done(profiles.value.map(({ id, title }) => row(id, title)))
  const ladders = readLadders()
  return ladders.ok
    ? done([...ladderRows(ladders.value, profiles.value), ...unspokenOfEach(ladders.value, profiles.value)])
    : ladders
}

import { type LoadFault, type Path, type YamlFile, faultAt } from '../profile/document.ts'
import { readChecks, readLadders, readProfiles } from './catalogue.ts'
import { globMatches } from './glob.ts'
import { didYouMean } from './nearest.ts'
import { readRequirements } from './requirements.ts'

/** What files may name, by what it is. */
export type Known = {
  readonly checks: readonly string[]
  readonly ladders: readonly string[]
  readonly profiles: readonly string[]
  readonly rows: readonly string[]
  /** What ladders need, which a user may claim or deny. */
  readonly capabilities: readonly string[]
}

/** The files of the package are held to their own schemas by its tests; one that cannot be read names nothing. */
export const readKnown = async (): Promise<Known> => {
  const [ladders, profiles, checks] = [readLadders(), readProfiles(), await readChecks()]
  const played = ladders.ok ? ladders.value : []
  return {
    checks: checks.map(({ id }) => id),
    ladders: played.map(({ id }) => id),
    profiles: profiles.ok ? profiles.value.map(({ id }) => id) : [],
    rows: readRequirements().map(({ id }) => id),
    capabilities: [...new Set(played.flatMap(({ needs }) => needs))].sort(),
  }
}

/** Where in a file something is named, `*` for each key or element, and what must be known by that name. */
type Naming = {
  readonly path: readonly string[]
  readonly of: keyof Known
  readonly part?: 'key'
  readonly isPattern?: true
  /** A word that is right beside what is known. */
  readonly also?: string
}

const rowsOf = ['requirements', '*', '*']

const profileNames: readonly Naming[] = [
  { path: ['requirements', '*'], of: 'checks', part: 'key' },
  { path: [...rowsOf, 'ids', '*'], of: 'rows' },
  { path: [...rowsOf, 'ladders', '*'], of: 'ladders' },
  { path: ['troubleshooting', '*', 'checks', '*'], of: 'checks' },
]

const namings = {
  profile: profileNames,
  base: profileNames,
  ladder: [],
  fault: [
    { path: ['check'], of: 'checks' },
    { path: ['ladders', '*'], of: 'ladders' },
    { path: ['profiles', '*'], of: 'profiles' },
    { path: ['requirement'], of: 'rows', also: 'none' },
    { path: ['requirement', '*'], of: 'rows' },
  ],
  configuration: [
    { path: ['profile'], of: 'profiles' },
    { path: ['supports', '*'], of: 'capabilities', part: 'key' },
    { path: ['waivers', '*', 'check'], of: 'checks' },
    { path: ['waivers', '*', 'profile'], of: 'profiles', isPattern: true },
    { path: ['waivers', '*', 'ladder'], of: 'ladders', isPattern: true },
  ],
} as const satisfies Record<string, readonly Naming[]>

export type Kind = keyof typeof namings

const childrenOf = (value: unknown): readonly (readonly [string | number, unknown])[] => {
  if (Array.isArray(value)) return [...value.entries()]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

type Named = { readonly path: Path; readonly value: unknown }

const namedAt = (value: unknown, [next, ...rest]: readonly string[], path: Path = []): readonly Named[] =>
  next === undefined
    ? [{ path, value }]
    : childrenOf(value)
        .filter(([key]) => next === '*' || key === next)
        .flatMap(([key, child]) => namedAt(child, rest, [...path, key]))

const words: Readonly<Record<keyof Known, (ids: readonly string[]) => string>> = {
  checks: () => 'the id of a check, see trunkproof list checks',
  ladders: () => 'the id of a ladder, see trunkproof list ladders',
  profiles: (ids) => `one of: ${ids.join(', ')}`,
  rows: () => 'a row of the requirements, see trunkproof coverage',
  capabilities: (ids) => `one of: ${ids.join(', ')}`,
}

/** What a file of a right shape names and nobody knows. */
export const crossCheck = (yaml: YamlFile, kind: Kind, known: Known): readonly LoadFault[] => {
  const wanted: readonly Naming[] = namings[kind]
  return wanted.flatMap(({ path, of, part, isPattern, also }) =>
    namedAt(yaml.data, path).flatMap(({ path: place, value }) => {
      const name = part === 'key' ? place.at(-1) : value
      if (typeof name !== 'string' || name === also) return []
      const isKnown = known[of].some((id) => (isPattern === true ? globMatches(name, id) : id === name))
      if (isKnown) return []
      const allowed = `${words[of](known[of])}${didYouMean(name, known[of])}`
      return [faultAt(yaml, place, isPattern === true ? `${allowed}, or a pattern that fits one` : allowed, part)]
    }),
  )
}

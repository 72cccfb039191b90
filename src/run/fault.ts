import { z } from 'zod'
import type { Side } from '../core/finding.ts'
import { type SeamSpec, seamSpecOf } from '../embedded/seam.ts'
import { type Loaded, checkShape, faultAt, readYaml } from '../profile/document.ts'
import type { Profile, RequirementRow } from '../profile/profile.ts'
import { checkId, fileId, listOf, mapOf, oneOf, text, word } from '../profile/phrases.ts'

/** One way in which an embedded party can be made to break a rule: one file in `faults/`. */
export type CatalogueFault = {
  readonly id: string
  readonly title: string
  /** The party that is bent. */
  readonly side: Side
  /** The one check that finds it. */
  readonly check: string
  /** The documented statements that it breaks, none where it is empty; left out: the one that its check's row holds. */
  readonly requirement?: readonly string[]
  /** Profiles in which it shows; left out: all that document something about its check. */
  readonly profiles?: readonly string[]
  /** Ladders in which it shows. */
  readonly ladders: readonly string[]
  readonly spec: SeamSpec
  /** A display filter of tshark: in the fault's capture it is so, and the other way round in the clean one. */
  readonly filter: { readonly is: 'present' | 'absent'; readonly expression: string }
}

const expression = text('a display filter of tshark', 300)

const statementAllowed = 'the id of a documented statement as in SINCH-NUM-01'
const statement = word(/^[A-Z0-9][A-Z0-9.-]*$/, statementAllowed)

const head = z.object({
  id: checkId,
  title: text('a sentence'),
  side: oneOf(['pbx', 'trunk']),
  check: checkId,
  requirement: z
    .union(
      [
        z.literal('none').transform(() => []),
        statement.transform((id) => [id]),
        listOf(statement, 'a list of such ids'),
      ],
      `${statementAllowed}, or none`,
    )
    .exactOptional(),
  profiles: listOf(fileId, 'a list of profiles').exactOptional(),
  ladders: listOf(fileId, 'a list of ladders'),
  filter: z.union(
    [
      mapOf({ present: expression }).transform((map) => ({ is: 'present' as const, expression: map.present })),
      mapOf({ absent: expression }).transform((map) => ({ is: 'absent' as const, expression: map.absent })),
    ],
    'a map of present or absent, and a display filter',
  ),
})

/** No provider states that it can be reached, that calls go as our ladders draw them, or that what goes in comes out. */
const undocumented: ReadonlySet<string> = new Set([
  'ladder',
  'sut-unreachable',
  'rtp-arrives',
  'audio-heard',
  'loop-audio',
  'loop-caller-id',
  'loop-headers',
  'loop-number',
])

/** Whether what a fault breaks is what a row states of its check. */
export const isOfRow = ({ side, ladders, requirement = [] }: CatalogueFault, row: RequirementRow): boolean =>
  (row.side ?? side) === side &&
  (row.ladders === undefined || ladders.some((ladder) => row.ladders?.includes(ladder) === true)) &&
  (requirement.length === 0 || requirement.some((id) => row.ids.includes(id)))

/** The statements of a row that a fault breaks: those that it names, or the only one there is. */
export const brokenIn = (fault: CatalogueFault, row: RequirementRow): readonly string[] => {
  if (!isOfRow(fault, row)) return []
  const { requirement } = fault
  if (requirement === undefined) return row.ids.length === 1 ? row.ids : []
  return requirement.filter((id) => row.ids.includes(id))
}

/** Whether a fault shows with a profile: a new provider gets the faults of all that it documents. */
export const isFaultOf = ({ id, requirements }: Profile, fault: CatalogueFault): boolean => {
  const { profiles, check } = fault
  if (profiles !== undefined) return profiles.includes(id)
  return undocumented.has(check) || (requirements[check] ?? []).some((row) => isOfRow(fault, row))
}

/** A fault from the text of its file; `file` is only named in what is wrong with it. */
export const loadFault = (file: string, text: string): Loaded<CatalogueFault> => {
  const yaml = readYaml(file, text)
  if (!yaml.ok) return yaml
  const fault = checkShape(yaml.value, head)
  if (!fault.ok) return fault
  const spec = checkShape(yaml.value, seamSpecOf(fault.value.side))
  if (!spec.ok) return spec
  const known = [...Object.keys(head.shape), 'seam', spec.value.seam]
  const strangers = Object.keys(Object(yaml.value.data) as object).filter((key) => !known.includes(key))
  if (strangers.length === 0) return { ok: true, value: { ...fault.value, spec: spec.value } }
  const faults = strangers.map((key) => faultAt(yaml.value, [key], `one of: ${known.join(', ')}`, 'key'))
  return { ok: false, faults }
}

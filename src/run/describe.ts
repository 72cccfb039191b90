import type { Check } from '../check/check.ts'
import type { Loaded } from '../profile/document.ts'
import type { Profile, RequirementRow, Shape } from '../profile/profile.ts'
import type { Ladder, Step } from '../scenario/ladder.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { type CatalogueFault, isFaultOf } from './fault.ts'
import { nearestId } from './nearest.ts'
import { type Requirement, readRequirements } from './requirements.ts'

/** One thing of the catalogue as lines of text: a heading, then `name: value` and indented lines. */
export type Description = { readonly kind: string; readonly lines: readonly string[] }

const joined = (values: readonly string[] | undefined): string =>
  values === undefined ? 'not documented' : values.join(', ')

const rowLine = ({ ids, side, ladders, strength }: RequirementRow): string =>
  [ids.join(', '), strength, side === undefined ? undefined : `(${side})`, ladders && `in ${ladders.join(', ')}`]
    .filter((part) => part !== undefined)
    .join(' ')

const shapeLines = (name: string, { requestUri, from, to, contact, fields }: Shape): readonly string[] => [
  `${name}:`,
  `  INVITE ${requestUri}`,
  ...[['From', from], ['To', to], ['Contact', contact], ...Object.entries(fields ?? {})].map(
    ([field, value]) => `  ${field}: ${value}`,
  ),
]

const describeProfile = (profile: Profile): readonly string[] => {
  const { signalling, authentication, numbers, media } = profile
  const { ports } = media
  return [
    profile.title,
    `source: ${profile.source.document}, read ${profile.source.read}`,
    `hosts: ${signalling.hosts.join(', ')}`,
    `ports: ${Object.entries(signalling.ports)
      .map(([transport, port]) => `${transport} ${port}`)
      .join(', ')}`,
    `signalling addresses: ${joined(signalling.addresses)}`,
    `realm: ${authentication.realm ?? 'not documented'}`,
    `numbers: Request-URI ${numbers.requestUri}, To ${numbers.to}, From ${numbers.from}, calls in ${numbers.origination}, caller ID ${numbers.callerId}`,
    `codecs: ${media.codecs.join(', ')}`,
    `media ports: ${ports === undefined ? 'not documented' : `${ports.first}-${ports.last}`}`,
    `media addresses: ${joined(media.addresses)}`,
    ...shapeLines('termination', profile.termination),
    ...shapeLines('origination', profile.origination),
    'requirements:',
    ...Object.entries(profile.requirements).map(([check, rows]) => `  ${check}: ${rows.map(rowLine).join('; ')}`),
    ...(profile.troubleshooting.length === 0 ? [] : ['troubleshooting:']),
    ...profile.troubleshooting.map(({ symptom, advice, checks }) => `  ${symptom}: ${advice} (${checks.join(', ')})`),
  ]
}

const stepLines = (name: string, steps: readonly Step[]): readonly string[] =>
  steps.length === 0
    ? []
    : [
        `${name}:`,
        ...steps.map(
          (step) =>
            `  ${step.number}. ${step.head}${step.kind === 'verb' && step.phone === undefined ? ` for ${step.forMs} ms` : ''}`,
        ),
      ]

const describeLadder = (ladder: Ladder): readonly string[] => [
  ladder.title,
  ladder.purpose.trim(),
  `tests: ${ladder.tests.join(', ')}`,
  ...Object.entries(ladder.matrix).map(
    ([name, values]) => `matrix: ${name} over ${typeof values === 'string' ? values : values.join(', ')}`,
  ),
  ...(ladder.needs.length === 0 ? [] : [`needs: ${ladder.needs.join(', ')}`]),
  ...(ladder.breaks.length === 0 ? [] : [`our side breaks on purpose: ${ladder.breaks.join(', ')}`]),
  ...stepLines('setup', ladder.setup),
  ...stepLines('ladder', ladder.ladder),
  ...stepLines('finally', ladder.finally),
  `file: ${ladder.place.file}`,
]

const describeCheck = (check: Check, { profiles, faults }: Catalogue): readonly string[] => [
  check.title,
  check.requirement,
  `source: RFC ${check.cite}; strength ${check.strength}; one finding for each ${check.subject}`,
  `judges: ${check.judges.join(', ')}`,
  ...(check.presupposes.length === 0 ? [] : [`presupposes: ${check.presupposes.join(', ')}`]),
  `advice: ${check.advice}`,
  ...profiles.flatMap(({ id, requirements }) => (requirements[check.id] ?? []).map((row) => `${id}: ${rowLine(row)}`)),
  `proved to fail by: ${joined(faults.filter((fault) => fault.check === check.id).map(({ id }) => id))}`,
]

const describeFault = (fault: CatalogueFault, { profiles }: Catalogue): readonly string[] => [
  fault.title,
  `party: ${fault.side}, at its ${fault.spec.seam} seam`,
  `found by: ${fault.check}`,
  `profiles: ${joined(profiles.filter((profile) => isFaultOf(profile, fault)).map(({ id }) => id))}`,
  `ladders: ${fault.ladders.join(', ')}`,
  `in its capture ${fault.filter.is}: ${fault.filter.expression}`,
]

const describeRequirement = (
  { id, document, statement, reported, notTestable }: Requirement,
  { profiles }: Catalogue,
): readonly string[] => [
  statement,
  `document: ${document}`,
  ...(reported === undefined ? [] : [`reported: ${reported}`]),
  ...(notTestable === undefined ? [] : [`not testable: ${notTestable}`]),
  ...profiles.map((profile) => {
    const checks = Object.entries(profile.requirements).filter(([, rows]) => rows.some(({ ids }) => ids.includes(id)))
    return `${profile.id}: ${checks.length === 0 ? 'no check proves it' : `proved by ${checks.map(([check]) => check).join(', ')}`}`
  }),
]

/** All that has this id, of whichever kind; none where nothing is called so. */
export const describe = async (id: string): Promise<Loaded<readonly Description[]>> => {
  const read = await readCatalogue()
  if (!read.ok) return read
  const catalogue = read.value
  const { profiles, ladders, checks, faults } = catalogue
  const named = <T extends { readonly id: string }>(
    kind: string,
    items: readonly T[],
    lines: (item: T) => readonly string[],
  ) => items.filter((item) => item.id === id).map((item): Description => ({ kind, lines: lines(item) }))
  return {
    ok: true,
    value: [
      ...named('profile', profiles, describeProfile),
      ...named('ladder', ladders, describeLadder),
      ...named('check', checks, (check) => describeCheck(check, catalogue)),
      ...named('fault', faults, (fault) => describeFault(fault, catalogue)),
      ...named('requirement', readRequirements(), (requirement) => describeRequirement(requirement, catalogue)),
    ],
  }
}

/** The id that a person may have meant. */
export const similarId = async (id: string): Promise<string | undefined> => {
  const read = await readCatalogue()
  if (!read.ok) return undefined
  const { profiles, ladders, checks, faults } = read.value
  const ids = [...profiles, ...ladders, ...checks, ...faults, ...readRequirements()].map((item) => item.id)
  return nearestId(id, ids)
}

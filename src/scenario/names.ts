import { numberNames } from '../profile/contract.ts'
import { type LoadFault, type Path, type YamlFile, faultAt } from '../profile/document.ts'
import { namesIn } from '../profile/template.ts'
import { isKnownPath } from '../sip/view.ts'
import type { Step } from './ladder.ts'
import { reservedNames } from './reference.ts'
import type { LadderFile } from './schema.ts'
import type { PlacedStep } from './section.ts'

/** All texts of a value with their paths: `${…}` may stand in any of them. */
const textsIn = (value: unknown, path: Path): readonly (readonly [Path, string])[] => {
  if (typeof value === 'string') return [[path, value]]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key]))
}

/** Names in `${…}` of every text below a value. */
export const namesUsed = (value: unknown): readonly string[] =>
  textsIn(value, []).flatMap(([, text]) => {
    const names = namesIn(text)
    return names.ok ? names.value : []
  })

const known = (name: string, variables: readonly string[], kept: readonly string[]): boolean => {
  const dot = name.indexOf('.')
  if (dot < 0) return name === 'peer' || variables.includes(name)
  const path = name.slice(dot + 1)
  switch (name.slice(0, dot)) {
    case 'profile':
      return path !== ''
    case 'numbers':
      return numberNames.some((number) => number === path)
    case 'edge':
      return /^[1-4]$/.test(path)
    default:
      return kept.includes(name.slice(0, dot)) && isKnownPath(path)
  }
}

const allowedNames = (variables: readonly string[], kept: readonly string[]): string =>
  [
    'profile.…',
    `numbers.{${numberNames.join(', ')}}`,
    'edge.1',
    'peer',
    ...variables,
    ...kept.map((name) => `${name}.<field path>`),
  ].join(', ')

const nameOf = (step: Step): string | undefined =>
  step.kind === 'message' || step.kind === 'any-of' ? step.as : undefined

/** Names that are taken twice, referred to before they exist, or not known at all. */
export const nameFaults = (yaml: YamlFile, file: LadderFile, all: readonly PlacedStep[]): readonly LoadFault[] => {
  const variables = Object.keys(file.matrix)
  const faults: LoadFault[] = []
  const kept: string[] = []
  const taken = (name: string): boolean =>
    reservedNames.some((reserved) => reserved === name) || variables.includes(name) || kept.includes(name)

  for (const name of variables)
    if (reservedNames.some((reserved) => reserved === name))
      faults.push(faultAt(yaml, ['matrix', name], `a name other than ${reservedNames.join(', ')}`, 'key'))

  const names = all.map(({ step }) => nameOf(step))
  for (const { step, path } of all) {
    for (const word of ['hears', 'reaches'] as const) {
      const other = step.kind === 'verb' ? step[word] : undefined
      if (other !== undefined && !all.some(({ step: { call } }) => call === other))
        faults.push(faultAt(yaml, [...path, word], 'the name of a call (`call:`) of this ladder'))
    }
    const name = nameOf(step)
    if (name !== undefined && taken(name)) faults.push(faultAt(yaml, [...path, 'as'], 'a name that nothing else has'))
    if (step.kind === 'never' && step.until !== undefined && !names.includes(step.until))
      faults.push(faultAt(yaml, [...path, 'until'], 'the name of a step (`as:`) of this ladder'))
    const used =
      step.kind === 'message' ? { with: step.with, expect: expectTexts(step.expect) } : { with: withOf(step) }
    for (const [inner, text] of textsIn(used, path)) {
      const inText = namesIn(text)
      if (inText.ok && inText.value.every((each) => known(each, variables, kept))) continue
      faults.push(faultAt(yaml, inner, allowedNames(variables, kept)))
    }
    if (name !== undefined) kept.push(name)
  }
  return faults
}

const withOf = (step: Step): unknown => (step.kind === 'any-of' || step.kind === 'verb' ? step.with : {})

const expectTexts = (expect: Extract<Step, { kind: 'message' }>['expect']): unknown =>
  Object.fromEntries(
    expect.map((each) => [each.path, each.is === 'equal' ? each.to : each.is === 'one-of' ? each.of : []]),
  )

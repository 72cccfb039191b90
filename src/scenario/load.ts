import { type LoadFault, type Loaded, type YamlFile, checkShape, readYaml } from '../profile/document.ts'
import type { Ladder, Meanwhile, Step } from './ladder.ts'
import { nameFaults } from './names.ts'
import { type LadderFile, ladderSchema } from './schema.ts'
import { readStep } from './step.ts'

/**
 * What any SUT may ask of us unprompted, and the answer by the book. Methods that our user agent does not allow are
 * answered 405 by itself. NOTIFY: we never subscribe (RFC 6665 §4.1.3).
 */
const shared: readonly Meanwhile[] = [
  { method: 'OPTIONS', status: 200 },
  { method: 'REGISTER', status: 200 },
  { method: 'NOTIFY', status: 481 },
]

const meanwhileOf = (own: LadderFile['meanwhile']): readonly Meanwhile[] => [
  ...Object.entries(own).map(([method, status]) => ({ method, status })),
  ...shared.filter(({ method }) => !(method in own)),
]

const readSections = (yaml: YamlFile, file: LadderFile) => {
  const faults: LoadFault[] = []
  const readSection = (section: 'setup' | 'ladder' | 'finally'): readonly Step[] =>
    file[section].flatMap((written, index) => {
      const step = readStep(yaml, [section, index], written, index + 1)
      if (step.ok) return [step.value]
      faults.push(...step.faults)
      return []
    })
  const [setup, ladder, last] = [readSection('setup'), readSection('ladder'), readSection('finally')]
  return { setup, ladder, finally: last, faults }
}

/** A ladder from the text of its file; `file` is only named in faults. */
export const loadLadder = (file: string, text: string): Loaded<Ladder> => {
  const yaml = readYaml(file, text)
  if (!yaml.ok) return yaml
  const read = checkShape(yaml.value, ladderSchema)
  if (!read.ok) return read
  const { faults, ...steps } = readSections(yaml.value, read.value)
  if (faults.length > 0) return { ok: false, faults }
  const unknown = nameFaults(yaml.value, read.value, steps)
  if (unknown.length > 0) return { ok: false, faults: unknown }
  const meanwhile = meanwhileOf(read.value.meanwhile)
  return {
    ok: true,
    value: { ...read.value, ...steps, meanwhile, place: { file, ...yaml.value.place(['id'], 'key') } },
  }
}

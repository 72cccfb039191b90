import { type Loaded, checkShape, readYaml } from '../profile/document.ts'
import type { Ladder, Meanwhile, Step } from './ladder.ts'
import { nameFaults } from './names.ts'
import { type LadderFile, ladderSchema } from './schema.ts'
import { type Section, readSection } from './section.ts'

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

const stepsOf = ({ placed }: Section): readonly Step[] => placed.map(({ step }) => step)

/** A ladder from the text of its file; `file` is only named in faults. */
export const loadLadder = (file: string, text: string): Loaded<Ladder> => {
  const yaml = readYaml(file, text)
  if (!yaml.ok) return yaml
  const read = checkShape(yaml.value, ladderSchema)
  if (!read.ok) return read
  const sectionOf = (name: 'setup' | 'ladder' | 'finally'): Section => readSection(yaml.value, name, read.value[name])
  const [setup, ladder, last] = [sectionOf('setup'), sectionOf('ladder'), sectionOf('finally')]
  const faults = [setup, ladder, last].flatMap((section) => section.faults)
  if (faults.length > 0) return { ok: false, faults }
  const unknown = nameFaults(
    yaml.value,
    read.value,
    [setup, ladder, last].flatMap(({ placed }) => placed),
  )
  if (unknown.length > 0) return { ok: false, faults: unknown }
  const steps = { setup: stepsOf(setup), ladder: stepsOf(ladder), finally: stepsOf(last) }
  const meanwhile = meanwhileOf(read.value.meanwhile)
  return {
    ok: true,
    value: { ...read.value, ...steps, meanwhile, place: { file, ...yaml.value.place(['id'], 'key') } },
  }
}

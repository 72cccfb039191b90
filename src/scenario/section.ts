import {
  type Loaded,
  type LoadFault,
  type Path,
  type YamlFile,
  checkShape,
  faultAt,
  refused,
} from '../profile/document.ts'
import type { Step } from './ladder.ts'
import { unorderedSchema } from './schema.ts'
import { readStep } from './step.ts'

/** A step and where it stands in its file. */
export type PlacedStep = { readonly step: Step; readonly path: Path }

export type Section = { readonly placed: readonly PlacedStep[]; readonly faults: readonly LoadFault[] }

const isUnordered = (written: unknown): boolean =>
  typeof written === 'object' && written !== null && 'unordered' in written

const intervalAllowed = 'an interval (audio, pause), each of another call: other steps are not yet spoken here'

/** Intervals that go on at the same time; the group is known by the number of its first. */
const readUnordered = (yaml: YamlFile, path: Path, written: unknown, first: number): Loaded<readonly PlacedStep[]> => {
  const read = checkShape(yaml, unorderedSchema, path, written)
  if (!read.ok) return read
  const faults: LoadFault[] = []
  const placed: PlacedStep[] = []
  for (const [index, inner] of read.value.unordered.entries()) {
    const at = [...path, 'unordered', index]
    const step = readStep(yaml, at, inner, first + index)
    if (!step.ok) faults.push(...step.faults)
    else if (step.value.kind !== 'verb' || placed.some((other) => other.step.call === step.value.call))
      faults.push(faultAt(yaml, at, intervalAllowed))
    else placed.push({ step: { ...step.value, group: first }, path: at })
  }
  return faults.length > 0 ? refused(...faults) : { ok: true, value: placed }
}

/** The steps of one section, numbered from 1, those of an `unordered` one by one. */
export const readSection = (
  yaml: YamlFile,
  section: 'setup' | 'ladder' | 'finally',
  written: readonly unknown[],
): Section => {
  const placed: PlacedStep[] = []
  const faults: LoadFault[] = []
  for (const [index, one] of written.entries()) {
    const path = [section, index]
    const number = placed.length + 1
    if (isUnordered(one)) {
      const read = readUnordered(yaml, path, one, number)
      if (read.ok) placed.push(...read.value)
      else faults.push(...read.faults)
      continue
    }
    const read = readStep(yaml, path, one, number)
    if (read.ok) placed.push({ step: read.value, path })
    else faults.push(...read.faults)
  }
  return { placed, faults }
}

import { causeRows } from './causes.ts'
import type { Cause, Scene, Symptom } from './causes/scene.ts'

/** Causes of each leg by itself. */
type Own = ReadonlyMap<Scene, readonly Cause[]>

/** Ids that only tell the symptom closer, or that a leg passes on from the next: any other cause comes before them. */
const effects = [
  'one-way-audio',
  'no-audio',
  'rtp-stops',
  'late-media',
  'service-unavailable',
  'no-response',
  'ack-lost',
]

const failedAt = ({ failure }: Scene): number => {
  if (failure === undefined) return Infinity
  // A request that got no answer had failed before anyone could tell of it.
  return failure.kind === 'refused' ? failure.answer.seen.timeMs : failure.transaction.request.timeMs
}

const weightOf = (causes: readonly Cause[], symptom: Symptom): number => {
  const own = causes.filter((cause) => cause.symptom === symptom)
  const [first] = own
  if (first === undefined) return Infinity
  return effects.includes(first.id) ? 1 : 0
}

/**
 * The leg of a call in which a symptom begins. What fails on one leg is refused on the other only after: the first failure
 * is the root. Of audio and drops, the leg that shows more than the symptom itself; of equals, the leg at hand.
 */
const originOf = (symptom: Symptom, scene: Scene, legs: readonly Scene[], own: Own): Scene => {
  const ill = legs.filter(
    (leg) => leg.symptoms.has(symptom) && (own.get(leg) ?? []).some((one) => one.symptom === symptom),
  )
  const order = (leg: Scene): number =>
    symptom === 'set-up failed' ? failedAt(leg) : weightOf(own.get(leg) ?? [], symptom)
  return ill.reduce((best, leg) => (order(leg) < order(best) ? leg : best), scene)
}

const symptoms = new Set(causeRows.filter(({ depth }) => depth === 'effect').map(({ id }) => id))

/** What is told of a symptom of one leg: the causes of the leg in which it begins, and what it comes to on the leg at hand. */
export const causesThrough = (symptom: Symptom, scene: Scene, legs: readonly Scene[], all: Own): readonly Cause[] => {
  const of = (leg: Scene) => (all.get(leg) ?? []).filter((cause) => cause.symptom === symptom)
  const origin = originOf(symptom, scene, legs, all)
  if (origin === scene) return of(scene)
  const own = of(scene).filter(({ id }) => symptoms.has(id))
  return own.length === 0 ? of(origin) : [...of(origin).filter(({ id }) => !symptoms.has(id)), ...own]
}

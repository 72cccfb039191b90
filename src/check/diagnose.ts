import type { Finding } from '../core/finding.ts'
import type { Contract } from '../profile/contract.ts'
import type { Call, Registration, Trace } from '../observation/trace.ts'
import { failureOf } from './causes/attempts.ts'
import { losesDigits } from './causes/digits.ts'
import { isDropped, refusedHold } from './causes/drops.ts'
import { acceptedIn } from './causes/authentication.ts'
import { isHalfResumed, rtpStops } from './causes/media-path.ts'
import { mediaOf, noMedia } from './causes/media.ts'
import { poorStreams } from './causes/quality.ts'
import { lastTries } from './causes/registration.ts'
import type { Cause, CauseRow, Scene, Symptom } from './causes/scene.ts'
import { waysOf } from './causes/ways.ts'
import { noCommonCodec } from './causes/refusals.ts'
import { causeRows } from './causes.ts'
import { causesThrough } from './legs.ts'
import { type Near, createNear } from './near.ts'

/** What broke one call; without a call: a registration. */
export type Diagnosis = {
  readonly call: Call | undefined
  readonly registration: Registration | undefined
  /** Most likely first. */
  readonly causes: readonly Cause[]
}

const symptomsOf = (scene: Omit<Scene, 'symptoms'>): ReadonlySet<Symptom> => {
  const { call, failure, trace, media, ways } = scene
  if (call === undefined) return new Set()
  const symptoms = new Set<Symptom>()
  const whole: Scene = { ...scene, symptoms }
  if (failure !== undefined || refusedHold(call, trace)?.isDropped === false) symptoms.add('set-up failed')
  const isIll = ways.some((way) => way.ill !== undefined || isHalfResumed(way, call))
  if (isIll || poorStreams(media).length > 0 || rtpStops(whole) !== undefined) symptoms.add('no or poor audio')
  if (isDropped(call, trace)) symptoms.add('dropped')
  if (losesDigits(call, trace, media)) symptoms.add('digits lost')
  // An answer that shares no codec with its offer leaves nothing to be heard, whatever is sent.
  if (failure === undefined && noCommonCodec(whole) !== undefined) symptoms.add('no or poor audio')
  return symptoms
}

/** What all scenes of a trace share. */
type Common = Pick<Scene, 'trace' | 'contract' | 'isAccepted'>

const sceneOfCall = (call: Call, near: Near, { contract, isAccepted }: Common): Scene => {
  const trace = near.traceOf(call)
  const attempts = call.transactions.filter(({ method, inDialog }) => method === 'INVITE' && !inDialog)
  const media = mediaOf(call, trace)
  const ways = waysOf(call, trace, media, contract)
  const failure = failureOf(attempts, trace)
  const asked = { trace, contract, call, registration: undefined, attempts, failure, isAccepted }
  const scene = { ...asked, media, ways, found: near.foundIn(call) }
  return { ...scene, symptoms: symptomsOf(scene) }
}

const sceneOfRegistration = (registration: Registration, near: Near, common: Common): Scene => {
  const attempts = lastTries(near.registersOf(registration))
  const failure = failureOf(attempts, common.trace)
  const hasFailed = registration.state === 'expired' || failure !== undefined
  const symptoms = new Set<Symptom>(hasFailed ? ['registration failed'] : [])
  return {
    ...common,
    call: undefined,
    registration,
    attempts,
    failure,
    symptoms,
    media: noMedia,
    ways: [],
    found: () => [],
  }
}

const ranks = { root: 0, link: 2, effect: 4 } as const

/** A guess comes behind what is shown as deep, and before what only follows. */
const rankOf = ({ depth }: CauseRow, isGuess: boolean): number => ranks[depth] + (isGuess ? 3 : 0)

const ascending = (frames: readonly number[]): readonly number[] => [...new Set(frames)].sort((a, b) => a - b)

/** Rows that hold, of those that explain a symptom that is there. */
const causesOf = (scene: Scene): readonly Cause[] =>
  causeRows
    .flatMap((row) => {
      const symptom = row.explains.find((one) => scene.symptoms.has(one))
      const shown = symptom && row.when(scene)
      if (symptom === undefined || shown === undefined) return []
      const cause: Cause = { ...shown, id: row.id, symptom, advice: row.advice, frames: ascending(shown.frames) }
      return [{ cause, rank: rankOf(row, shown.guess === true) }]
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ cause }) => cause)

/**
 * What went wrong in each call and registration of a trace, most likely first; one that is healthy is left out. The
 * findings of the checks are evidence: of both sides, where both are judged. `isAccepted` knows the whole capture, where the
 * trace is a part of it.
 */
export const diagnose = (
  trace: Trace,
  findings: readonly Finding[],
  contract?: Contract,
  isAccepted = acceptedIn(trace),
): readonly Diagnosis[] => {
  const near = createNear(trace, findings)
  const common: Common = { trace, contract, isAccepted }
  const scenes = new Map(trace.calls.map((call) => [call, sceneOfCall(call, near, common)]))
  const own = new Map([...scenes.values()].map((scene) => [scene, causesOf(scene)]))
  const calls = [...scenes].map(([call, scene]) => {
    const legs = near.legsOf(call).flatMap((leg) => scenes.get(leg) ?? [])
    const causes = [...scene.symptoms].flatMap((symptom) => causesThrough(symptom, scene, legs, own))
    return { call, registration: undefined, causes }
  })
  const registrations = trace.registrations.map((registration) => ({
    call: undefined,
    registration,
    causes: causesOf(sceneOfRegistration(registration, near, common)),
  }))
  return [...calls, ...registrations].filter(({ causes }) => causes.length > 0)
}

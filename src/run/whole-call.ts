import { type Finding, headOf } from '../core/finding.ts'
import { addTo } from '../core/group.ts'
import type { Cause } from '../check/causes/scene.ts'
import type { Diagnosis } from '../check/diagnose.ts'
import { type CallFacts, factsOf } from '../observation/call-facts.ts'
import type { Call, Registration, Stream, Trace } from '../observation/trace.ts'

/** One trace of a capture and what was found in it: of a run of ours there is one for each ladder. */
export type Inspected = {
  readonly trace: Trace
  readonly findings: readonly Finding[]
  readonly diagnoses: readonly Diagnosis[]
}

/** A call on one hop, and what was found in it. */
export type HopCall = { readonly call: Call; readonly findings: readonly Finding[] }

/** A call as its user counts calls: all hops that one Call-ID crosses. */
export type WholeCall = {
  readonly trace: Trace
  readonly callId: string
  /** The first by time first. */
  readonly hops: readonly HopCall[]
  readonly facts: CallFacts
  readonly streams: readonly Stream[]
  readonly causes: readonly Cause[]
  /** Call-IDs that look like other legs of it. */
  readonly legs: readonly string[]
}

/** Findings by the name of their call; those of none stand under `undefined`. */
const foundByCall = ({ trace, findings }: Inspected): ReadonlyMap<string | undefined, readonly Finding[]> => {
  const named = new Map<string, string>()
  for (const { name } of trace.calls) named.set(name, name)
  for (const { name, call } of trace.streams) if (call !== undefined) named.set(name, call.name)
  const found = new Map<string | undefined, Finding[]>()
  for (const finding of findings) addTo(found, named.get(headOf(finding.subject)), finding)
  return found
}

const byCallId = ({ trace, diagnoses }: Inspected) => {
  const causes = new Map<string, Cause[]>()
  for (const diagnosis of diagnoses)
    if (diagnosis.call !== undefined) addTo(causes, diagnosis.call.callId, ...diagnosis.causes)
  const legs = new Map<string, string[]>()
  for (const { by, calls } of trace.links)
    if (by === 'guess')
      for (const { callId } of calls)
        addTo(legs, callId, ...calls.map((leg) => leg.callId).filter((id) => id !== callId))
  const hops = new Map<string, Call[]>()
  for (const call of trace.calls) addTo(hops, call.callId, call)
  return { causes, legs, hops }
}

const unique = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

/** The calls of a trace in the order of their first frame. */
export const wholeCalls = (inspected: Inspected): readonly WholeCall[] => {
  const found = foundByCall(inspected)
  const { causes, legs, hops } = byCallId(inspected)
  return [...hops].flatMap(([callId, calls]) => {
    const [first] = calls
    if (first === undefined) return []
    return [
      {
        trace: inspected.trace,
        callId,
        hops: calls.map((call) => ({ call, findings: found.get(call.name) ?? [] })),
        facts: factsOf(first),
        streams: unique(
          calls.flatMap(({ streams }) => streams),
          ({ name }) => name,
        ),
        causes: unique(causes.get(callId) ?? [], ({ id, symptom }) => `${id} ${symptom}`),
        legs: [...new Set(legs.get(callId))],
      },
    ]
  })
}

/** Findings of no call: of OPTIONS, registrations, streams that nobody announced. */
export const findingsOfNoCall = (inspected: Inspected): readonly Finding[] =>
  foundByCall(inspected).get(undefined) ?? []

export const causesOf = ({ diagnoses }: Inspected, registration: Registration): readonly Cause[] =>
  diagnoses.filter((one) => one.registration === registration).flatMap(({ causes }) => causes)

/** By its Call-ID, or by either number: a part of it is enough. */
export const isMeant = ({ callId, facts }: WholeCall, filter: string): boolean =>
  [callId, facts.from, facts.to].some((text) => text.includes(filter))

export const findingsOf = ({ hops }: WholeCall): readonly Finding[] => hops.flatMap(({ findings }) => findings)

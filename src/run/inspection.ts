import type { Finding } from '../core/finding.ts'
import { showEndpoint } from '../core/frame.ts'
import type { Cause } from '../check/causes/scene.ts'
import { factsOf } from '../observation/call-facts.ts'
import { descriptionOf } from '../observation/descriptions.ts'
import type { Call, Stream, Trace } from '../observation/trace.ts'
import type { CallLine, CauseLine, Inspection, StreamLine } from '../report/inspection.ts'
import type { Summary } from '../report/result.ts'
import { formatsOf } from '../sdp/codecs.ts'
import type { Judged } from './stranger.ts'

const mostOf = ({ payloadTypes }: Stream): number =>
  [...payloadTypes].sort(([, a], [, b]) => b.packets - a.packets)[0]?.[0] ?? -1

/** Name of a payload type by the descriptions of its call, last first. */
const codecOf = (stream: Stream, payloadType: number): string => {
  for (const seen of [...(stream.call?.described ?? [])].reverse())
    for (const media of descriptionOf(seen)?.media ?? [])
      for (const format of formatsOf(media)) if (format.payloadType === payloadType) return format.encoding
  return { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 18: 'G729', 3: 'GSM', 13: 'CN' }[payloadType] ?? ''
}

export const streamLine = (stream: Stream): StreamLine => {
  const payloadType = mostOf(stream)
  return {
    ssrc: stream.ssrc,
    src: showEndpoint(stream.source),
    dst: showEndpoint(stream.destination),
    payloadType,
    codec: codecOf(stream, payloadType),
    packets: stream.packets,
    lost: stream.lost,
    meanJitterMs: Math.round(stream.jitterMs * 1000) / 1000,
  }
}

const causeLine = ({ id, symptom, atFault, frames, advice, why }: Cause): CauseLine => ({
  id,
  symptom,
  atFault,
  frames,
  advice,
  why,
})

const ownFindings = (findings: readonly Finding[], calls: readonly Call[]): readonly Finding[] => {
  const streams = new Set(calls.flatMap((call) => call.streams.map(({ name }) => name)))
  return findings.filter(
    ({ subject }) =>
      streams.has(subject) || calls.some(({ name }) => subject === name || subject.startsWith(`${name}/`)),
  )
}

/** Calls by Call-ID, in the order of their first frame. */
const byCallId = (calls: readonly Call[]): readonly (readonly Call[])[] => {
  const groups = new Map<string, Call[]>()
  for (const call of calls) {
    const group = groups.get(call.callId)
    if (group === undefined) groups.set(call.callId, [call])
    else group.push(call)
  }
  return [...groups.values()]
}

const unique = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

const callLine = (
  calls: readonly Call[],
  trace: Trace,
  { findings, diagnoses }: Judged,
  at: (ms: number) => string,
): readonly CallLine[] => {
  const [first] = calls
  if (first === undefined) return []
  const facts = factsOf(first)
  const causes = diagnoses
    .filter(({ call }) => call !== undefined && calls.includes(call))
    .flatMap((diagnosis) => diagnosis.causes)
  const lastMs = trace.messages.at(-1)?.timeMs ?? facts.startedMs
  const legs = trace.links
    .filter(({ by, calls: linked }) => by === 'guess' && linked.some((call) => calls.includes(call)))
    .flatMap(({ calls: linked }) => linked.map(({ callId }) => callId).filter((id) => id !== first.callId))
  return [
    {
      callId: first.callId,
      from: facts.from,
      to: facts.to,
      state: facts.state,
      status: facts.status ?? null,
      startedAt: at(facts.startedMs),
      ringMs: facts.ringMs === undefined ? null : facts.ringMs - facts.startedMs,
      durationMs: Math.max(0, (facts.endedMs ?? lastMs) - (facts.answeredMs ?? facts.startedMs)),
      endedBy: facts.endedBy ?? null,
      codecs: facts.codecs,
      legs: [...new Set(legs)],
      streams: unique(
        calls.flatMap(({ streams }) => streams),
        ({ name }) => name,
      ).map(streamLine),
      causes: unique(causes, ({ id, symptom }) => `${id} ${symptom}`).map(causeLine),
      findings: ownFindings(findings, calls),
    },
  ]
}

export type InspectionInput = {
  readonly file: string
  readonly profile: string | null
  readonly guessed: boolean
  readonly packets: number
  readonly skipped: Readonly<Record<string, number>>
  /** Clock time of the trace's time 0, in microseconds since 1970. */
  readonly startedAtUs: number
  readonly trace: Trace
  readonly judged: Judged
  readonly summary: Summary
  readonly notes: readonly string[]
}

export const inspectionOf = (input: InspectionInput): Inspection => {
  const { file, profile, guessed, packets, skipped, trace, judged, summary, notes } = input
  const at = (ms: number): string => new Date(Math.round(input.startedAtUs / 1000 + ms)).toISOString()
  const registrations = trace.registrations.map((registration) => ({
    aor: registration.aor,
    registrar: registration.registrar,
    state: registration.state,
    expiresS: registration.expiresS ?? null,
    status: registration.status ?? null,
    frames: registration.frames,
    causes: judged.diagnoses
      .filter((one) => one.registration === registration)
      .flatMap(({ causes }) => causes.map(causeLine)),
  }))
  return {
    file,
    profile,
    guessed,
    packets,
    sipMessages: trace.counted.sip,
    skipped,
    calls: byCallId(trace.calls).flatMap((calls) => callLine(calls, trace, judged, at)),
    registrations,
    causes: registrations.flatMap(({ causes }) => causes),
    streams: trace.streams.map(streamLine),
    findings: judged.findings,
    summary,
    notes,
  }
}

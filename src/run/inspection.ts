import { showEndpoint } from '../core/frame.ts'
import type { Cause } from '../check/causes/scene.ts'
import type { Call, Stream } from '../observation/trace.ts'
import type { CallLine, CauseLine, Inspection, RegistrationLine, StreamLine } from '../report/inspection.ts'
import type { RunResult } from '../report/result.ts'
import { formatsOf, staticEncoding } from '../sdp/codecs.ts'
import { type Inspected, type WholeCall, causesOf, findingsOf } from './whole-call.ts'

/** Payload type of most of its packets. */
const mostOf = ({ payloadTypes }: Stream): number => {
  let [most, packets] = [-1, 0]
  for (const [payloadType, count] of payloadTypes)
    if (count.packets > packets) [most, packets] = [payloadType, count.packets]
  return most
}

/** Name of a payload type by the descriptions of its call, last first. */
export const codecOf = (call: Call | undefined, payloadType: number): string => {
  for (const seen of call?.described.toReversed() ?? [])
    for (const media of seen.description()?.media ?? [])
      for (const format of formatsOf(media)) if (format.payloadType === payloadType) return format.encoding
  return staticEncoding(payloadType) ?? ''
}

const streamLine = (stream: Stream): StreamLine => {
  const payloadType = mostOf(stream)
  return {
    ssrc: stream.ssrc,
    src: showEndpoint(stream.source),
    dst: showEndpoint(stream.destination),
    payloadType,
    codec: codecOf(stream.call, payloadType),
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

type Clock = (ms: number) => string

const callLine = (call: WholeCall, at: Clock): CallLine => {
  const { facts, trace } = call
  const lastMs = facts.endedMs ?? trace.messages.at(-1)?.timeMs ?? facts.startedMs
  return {
    callId: call.callId,
    names: call.hops.map(({ call: { name } }) => name),
    from: facts.from,
    to: facts.to,
    state: facts.state,
    status: facts.status ?? null,
    startedAt: at(facts.startedMs),
    ringMs: facts.ringMs === undefined ? null : facts.ringMs - facts.startedMs,
    durationMs: Math.max(0, lastMs - (facts.answeredMs ?? facts.startedMs)),
    endedBy: facts.endedBy ?? null,
    codecs: facts.codecs,
    legs: call.legs,
    streams: call.streams.map(streamLine),
    causes: call.causes.map(causeLine),
    findings: findingsOf(call),
  }
}

const registrationLines = (part: Inspected): readonly RegistrationLine[] =>
  part.trace.registrations.map((registration) => ({
    aor: registration.aor,
    registrar: registration.registrar,
    state: registration.state,
    expiresS: registration.expiresS ?? null,
    status: registration.status ?? null,
    frames: registration.frames,
    causes: causesOf(part, registration).map(causeLine),
  }))

export type InspectedFile = {
  /** A run of ours wrote it. */
  readonly isOwn: boolean
  readonly result: RunResult
  readonly inspection: Inspection
  /** Those that were asked for. */
  readonly calls: readonly WholeCall[]
}

export type InspectionInput = {
  readonly file: string
  readonly profile: string | null
  readonly guessed: boolean
  readonly packets: number
  readonly skipped: Readonly<Record<string, number>>
  /** Clock time of the traces' time 0, in microseconds since 1970. */
  readonly startedAtUs: number
  readonly parts: readonly Inspected[]
  /** Those that were asked for, out of the parts. */
  readonly calls: readonly WholeCall[]
  /** Only some calls were asked for: what belongs to none is left out. */
  readonly isFiltered: boolean
  readonly result: RunResult
}

export const inspectionOf = (input: InspectionInput): Inspection => {
  const { file, profile, guessed, packets, skipped, parts, calls, isFiltered, result } = input
  const at: Clock = (ms) => new Date(Math.round(input.startedAtUs / 1000 + ms)).toISOString()
  const registrations = isFiltered ? [] : parts.flatMap(registrationLines)
  const streams = isFiltered ? calls.flatMap((call) => call.streams) : parts.flatMap(({ trace }) => trace.streams)
  return {
    file,
    profile,
    guessed,
    packets,
    sipMessages: parts.reduce((sum, { trace }) => sum + trace.counted.sip, 0),
    skipped,
    calls: calls.map((call) => callLine(call, at)),
    registrations,
    causes: registrations.flatMap(({ causes }) => causes),
    streams: streams.map(streamLine),
    findings: result.ladders.flatMap(({ id, side, cell, findings }) =>
      findings.map((finding) => ({ ladder: id, side, cell, ...finding })),
    ),
    summary: result.summary,
    notes: result.notes,
  }
}

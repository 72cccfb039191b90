import { showEndpoint } from '../core/frame.ts'
import { type Finding, headOf } from '../core/finding.ts'
import { addTo } from '../core/group.ts'
import type { Call, Digit, Link, Registration, Stream, Trace, Transaction } from '../observation/trace.ts'
import { wantedIn } from './causes/media.ts'

/** What a trace holds of one call, so that looking at many calls takes no longer for each of them. */
export type Near = {
  /** The trace with the streams and digits alone that may be of the call. */
  readonly traceOf: (call: Call) => Trace
  /** What a check finds wrong in a call: its subjects begin with the name of the call, or are its streams. */
  readonly foundIn: (call: Call) => (check: string) => readonly Finding[]
  /** The other legs of it, and itself. */
  readonly legsOf: (call: Call) => readonly Call[]
  /** The REGISTERs of a registration, in order. */
  readonly registersOf: (registration: Registration) => readonly Transaction[]
}

const isBad = ({ verdict }: Finding): boolean => verdict === 'fail' || verdict === 'warn'

const findingsBySubject = (findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> => {
  const found = new Map<string, Finding[]>()
  for (const finding of findings) if (isBad(finding)) addTo(found, headOf(finding.subject), finding)
  return found
}

export const createNear = (trace: Trace, findings: readonly Finding[]): Near => {
  const byCallId = new Map<string, Stream[]>()
  /** Of no call, by either end. */
  const loose = new Map<string, Stream[]>()
  for (const stream of trace.streams) {
    if (stream.call !== undefined) addTo(byCallId, stream.call.callId, stream)
    else for (const end of [stream.source, stream.destination]) addTo(loose, showEndpoint(end), stream)
  }
  const digits = new Map<Call | undefined, Digit[]>()
  for (const digit of trace.digits) addTo(digits, digit.call, digit)
  const links = new Map<Call, Link>()
  for (const link of trace.links) for (const call of link.calls) if (!links.has(call)) links.set(call, link)
  const found = findingsBySubject(findings)
  const registers = new Map<number, Transaction>()
  for (const one of trace.transactions) if (one.method === 'REGISTER') registers.set(one.request.frame, one)

  const legsOf: Near['legsOf'] = (call) => links.get(call)?.calls ?? [call]

  const traceOf: Near['traceOf'] = (call) => {
    const wanted = wantedIn(call).flatMap(({ endpoint }) => loose.get(showEndpoint(endpoint)) ?? [])
    const own = [...new Set([call, ...legsOf(call)].map(({ callId }) => callId))]
    const streams = new Set([...own.flatMap((callId) => byCallId.get(callId) ?? []), ...wanted])
    return { ...trace, streams: [...streams], digits: digits.get(call) ?? [] }
  }

  const foundIn: Near['foundIn'] = (call) => {
    const subjects = [call.name, ...call.streams.map(({ name }) => name)]
    const own = subjects.flatMap((subject) => found.get(subject) ?? [])
    return (check) => own.filter((finding) => finding.check === check)
  }
  return {
    traceOf,
    foundIn,
    legsOf,
    registersOf: ({ frames }) => [...new Set(frames.flatMap((frame) => registers.get(frame) ?? []))],
  }
}

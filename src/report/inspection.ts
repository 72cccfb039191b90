import type { AtFault, Finding, Side } from '../core/finding.ts'
import type { CallFacts } from '../observation/call-facts.ts'
import type { Summary } from './result.ts'

export type StreamLine = {
  readonly ssrc: number
  readonly src: string
  readonly dst: string
  readonly payloadType: number
  readonly codec: string
  readonly packets: number
  readonly lost: number
  readonly meanJitterMs: number
}
/** What broke a call: `why` are the facts of it in one line. */
export type CauseLine = {
  readonly id: string
  readonly symptom: string
  readonly atFault: AtFault
  readonly frames: readonly number[]
  readonly advice: string
  readonly why: string
}

/** One call as a user counts calls: all the hops that its Call-ID crosses. */
export type CallLine = {
  readonly callId: string
  /** As findings name it: one for each hop that it crosses. */
  readonly names: readonly string[]
  readonly from: string
  readonly to: string
  readonly state: CallFacts['state']
  readonly status: number | null
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly ringMs: number | null
  readonly durationMs: number
  readonly endedBy: Side | null
  readonly codecs: readonly string[]
  /** Other Call-IDs that look like legs of the same call; a guess. */
  readonly legs: readonly string[]
  readonly streams: readonly StreamLine[]
  readonly causes: readonly CauseLine[]
  readonly findings: readonly Finding[]
}

export type RegistrationLine = {
  readonly aor: string
  readonly registrar: string
  readonly state: string
  readonly expiresS: number | null
  readonly status: number | null
  readonly frames: readonly number[]
  readonly causes: readonly CauseLine[]
}

/** Where a finding stands among the reports: a ladder run, or a call of strangers. */
export type InspectedFinding = Finding & {
  readonly ladder: string
  readonly side: Side | 'both'
  readonly cell: string
}

/** What `inspect --json` prints of a capture. */
export type Inspection = {
  readonly file: string
  readonly profile: string | null
  /** The profile was not named: what the capture shows points to it. */
  readonly guessed: boolean
  readonly packets: number
  readonly sipMessages: number
  readonly skipped: Readonly<Record<string, number>>
  readonly calls: readonly CallLine[]
  readonly registrations: readonly RegistrationLine[]
  /** Of no call. */
  readonly causes: readonly CauseLine[]
  readonly streams: readonly StreamLine[]
  readonly findings: readonly InspectedFinding[]
  readonly summary: Summary
  readonly notes: readonly string[]
}

/** The parties of a ladder diagram. */
export type Party = 'phone' | 'pbx' | 'trunk' | 'backend'

/** The parties of a trunk's contract: each may be the system under test. */
export type Side = 'pbx' | 'trunk'
export const otherSide = (side: Side): Side => (side === 'pbx' ? 'trunk' : 'pbx')

export type AtFault = 'pbx' | 'trunk' | 'phone' | 'network' | 'harness' | 'undecided'

/** ISO 9646 verdicts and ours; docs/architecture.md tells what each means. */
export type Verdict = 'pass' | 'info' | 'warn' | 'fail' | 'inconclusive' | 'error' | 'waived' | 'not-applicable'

const severity = {
  'not-applicable': 0,
  info: 1,
  pass: 2,
  waived: 3,
  warn: 4,
  inconclusive: 5,
  fail: 6,
  error: 7,
} as const satisfies Record<Verdict, number>

export const worst = (a: Verdict, b: Verdict): Verdict => (severity[a] >= severity[b] ? a : b)

/** RFC 2119 strength of a rule: a broken MUST fails, a broken SHOULD or advice warns. */
export type Strength = 'MUST' | 'SHOULD' | 'ADVICE'

/** What one check says of one subject. */
export type Finding = {
  readonly check: string
  /** Stable name: `call 1`, `call 1/INVITE 2`, `stream pbx>trunk 1`, `OPTIONS 1`, `run`. Never a Call-ID or an SSRC. */
  readonly subject: string
  readonly verdict: Verdict
  readonly expected: string | null
  readonly actual: string | null
  /** Numbers of the frames that prove it, ascending. */
  readonly frames: readonly number[]
  /** Ids of the documented statements that this finding proves. */
  readonly requirements: readonly string[]
  /** `null` where nothing is wrong. */
  readonly atFault: AtFault | null
  readonly advice: string | null
  /** Its verdict before it was waived. */
  readonly waived?: 'fail' | 'warn' | 'inconclusive'
}

/** What a subject is of: `call 1` of `call 1/INVITE 2`. */
export const headOf = (subject: string): string => subject.split('/', 1)[0] ?? subject

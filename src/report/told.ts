import type { AtFault, Finding, Verdict } from '../core/finding.ts'
import type { LadderResult, RunResult } from './result.ts'

/** How every report names a ladder run: `termination/answered-call (trunk under test, codec=PCMU)`; a stranger's call: `call 1`. */
export const ladderName = ({ id, side, cell }: Pick<LadderResult, 'id' | 'side' | 'cell'>): string =>
  side === 'both' ? id : `${id} (${side} under test${cell === '' ? '' : `, ${cell}`})`

const statement = (check: string, verdict: Verdict, actual: string): Finding => ({
  check,
  subject: 'run',
  verdict,
  expected: null,
  actual,
  frames: [],
  requirements: [],
  atFault: null,
  advice: null,
})

/** A ladder run in a list of tests: a row per finding; one that says why, where there is none. Never an empty, green suite. */
export type Suite = { readonly ladder: LadderResult; readonly name: string; readonly cases: readonly Finding[] }

const suiteOf = (ladder: LadderResult): Suite => ({
  ladder,
  name: ladderName(ladder),
  cases:
    ladder.findings.length > 0
      ? ladder.findings
      : [statement('ladder', ladder.verdict, ladder.reason ?? 'nothing was judged')],
})

const unfinished = (result: RunResult): readonly Suite[] => {
  const why = result.interrupted ? 'the run was interrupted before its end' : 'nothing was played'
  if (!result.interrupted && result.ladders.length > 0) return []
  const finding = statement('run', 'inconclusive', why)
  const ladder: LadderResult = {
    id: 'run',
    side: 'trunk',
    cell: '',
    title: why,
    verdict: 'inconclusive',
    durationMs: 0,
    findings: [finding],
    reason: why,
    steps: [],
    rows: [],
  }
  return [{ ladder, name: 'run', cases: [finding] }]
}

/** The run as suites of cases, for JUnit and TAP. A run that was cut off has one more, which is not ok. */
export const suitesOf = (result: RunResult): readonly Suite[] => [...result.ladders.map(suiteOf), ...unfinished(result)]

/** What a test report can say of a verdict (JUnit's words). */
export type Outcome = 'passed' | 'failure' | 'error' | 'skipped'

export const outcomeOf = {
  pass: 'passed',
  info: 'passed',
  warn: 'passed',
  fail: 'failure',
  inconclusive: 'error',
  error: 'error',
  waived: 'skipped',
  'not-applicable': 'skipped',
} as const satisfies Record<Verdict, Outcome>

const faulty = {
  pbx: 'the PBX',
  trunk: 'the trunk',
  phone: 'the phone',
  network: 'the network',
  harness: 'trunkproof itself',
  undecided: 'cannot be told from here',
} as const satisfies Record<AtFault, string>

/** Who is at fault, in the words of a sentence. */
export const atFaultText = (atFault: AtFault): string => faulty[atFault]

/** One line of it all: `expected 200, got 403 Forbidden`. */
export const oneLine = ({ expected, actual }: Finding): string =>
  expected === null ? (actual ?? 'nothing seen') : `expected ${expected}, got ${actual ?? 'nothing'}`

/** What a finding has to tell, as label and text, in the order in which one reads it. */
export const tellings = (finding: Finding): readonly (readonly [string, string])[] => {
  const { expected, actual, atFault, frames, requirements, advice } = finding
  const rows: readonly (readonly [string, string | null])[] = [
    ['expected', expected],
    ['got', actual],
    ['at fault', atFault === null ? null : atFaultText(atFault)],
    ['seen in', frames.length === 0 ? null : framesText(frames)],
    ['documented', requirements.length === 0 ? null : requirements.join(', ')],
    ['to do', advice],
  ]
  return rows.flatMap(([label, text]) => (text === null ? [] : [[label, text] as const]))
}

const mostFrames = 8

/** `frames 3, 7 and 12 more`. */
export const framesText = (frames: readonly number[]): string => {
  const more = frames.length > mostFrames ? ` and ${frames.length - mostFrames} more` : ''
  return `${frames.length === 1 ? 'frame' : 'frames'} ${frames.slice(0, mostFrames).join(', ')}${more}`
}

import type { Finding, Verdict } from '../core/finding.ts'
import { visible } from '../core/visible.ts'
import { drawLadder } from './draw-ladder.ts'
import type { LadderResult, RunResult } from './result.ts'
import { oneLine, suitesOf } from './told.ts'

const isOk = {
  pass: true,
  info: true,
  warn: true,
  'not-applicable': true,
  // A TODO point is `not ok` and does not count: so readers list it as what it is.
  waived: false,
  fail: false,
  inconclusive: false,
  error: false,
} as const satisfies Record<Verdict, boolean>

/** A description: `#` would begin a directive. */
const description = (text: string): string => visible(text).replace(/[\\#]/g, (character) => `\\${character}`)

const directiveOf = (finding: Finding): string => {
  if (finding.verdict === 'not-applicable') return ` # SKIP ${description(oneLine(finding))}`
  return finding.verdict === 'waived' ? ` # TODO waived: ${description(oneLine(finding))}` : ''
}

/** JSON's strings are YAML's too. */
const quoted = (value: unknown): string => JSON.stringify(typeof value === 'string' ? visible(value) : value)

const diagnosticOf = (finding: Finding, ladder: LadderResult): readonly string[] => {
  if (finding.verdict === 'pass' || finding.verdict === 'not-applicable') return []
  const { verdict, expected, actual, atFault, frames, requirements, advice } = finding
  const facts = {
    verdict,
    expected,
    actual,
    atFault,
    frames: frames.join(' '),
    requirements: requirements.join(' '),
    advice,
  }
  const known = Object.entries(facts).filter(([, value]) => value !== null && value !== '')
  const drawing = isOk[verdict] || frames.length === 0 ? [] : drawLadder(ladder.rows, { around: frames })
  return [
    '  ---',
    ...known.map(([key, value]) => `  ${key}: ${quoted(value)}`),
    ...(drawing.length > 0 ? ['  ladder: |', ...drawing.map((line) => `    ${line}`)] : []),
    '  ...',
  ]
}

/** `results.tap`: TAP version 13, which Debian's `prove` reads; a point per finding. */
export const renderTap = (result: RunResult): string => {
  const points = suitesOf(result).flatMap(({ ladder, name, cases }) =>
    cases.map((finding) => ({ ladder, name, finding })),
  )
  const lines = points.flatMap(({ ladder, name, finding }, index) => {
    const { check, subject, verdict } = finding
    const label = description(`${name}: ${check}: ${subject}`)
    const point = `${isOk[verdict] ? 'ok' : 'not ok'} ${index + 1} - ${label}${directiveOf(finding)}`
    return [point, ...diagnosticOf(finding, ladder)]
  })
  const notes = result.notes.map((note) => `# ${visible(note)}`)
  return ['TAP version 13', `1..${points.length}`, ...notes, ...lines, ''].join('\n')
}

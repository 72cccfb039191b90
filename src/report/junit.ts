import type { Finding } from '../core/finding.ts'
import { drawLadder } from './draw-ladder.ts'
import type { LadderResult, RunResult } from './result.ts'
import { type Outcome, type Suite, oneLine, outcomeOf, suitesOf, tellings } from './told.ts'
import { xml } from './xml.ts'

/** Jenkins' schema allows three decimals, no more. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3)

const text = (lines: readonly string[]): string => lines.map(xml).join('\n')

const bodyOf = (finding: Finding, ladder: LadderResult): readonly string[] => {
  const drawing = finding.frames.length === 0 ? [] : ['', ...drawLadder(ladder.rows, { around: finding.frames })]
  return [...tellings(finding).map(([label, value]) => `${label}: ${value}`), ...drawing]
}

/** The one child that both schemas allow in a case. */
const childOf = (finding: Finding, ladder: LadderResult): readonly string[] => {
  const outcome = outcomeOf[finding.verdict]
  if (outcome === 'passed') return []
  const reason = finding.verdict === 'fail' ? oneLine(finding) : `${finding.verdict}: ${oneLine(finding)}`
  if (outcome === 'skipped') return [`      <skipped message="${xml(reason)}"/>`]
  const open = `      <${outcome} type="${xml(finding.check)}" message="${xml(reason)}">`
  return [`${open}${text(bodyOf(finding, ladder))}</${outcome}>`]
}

/** Judging takes no time: what the ladder took stands on the case that tells how it was played. */
const timedCase = (cases: readonly Finding[]): number =>
  Math.max(
    0,
    cases.findIndex(({ check }) => check === 'ladder'),
  )

const caseOf = (
  finding: Finding,
  index: number,
  { cases, ladder, name }: Suite,
  profile: string,
): readonly string[] => {
  const time = seconds(index === timedCase(cases) ? ladder.durationMs : 0)
  const label = `${finding.check}: ${finding.subject}`
  const open = `    <testcase classname="${xml(`${profile}.${name}`)}" name="${xml(label)}" time="${time}"`
  const child = childOf(finding, ladder)
  return child.length === 0 ? [`${open}/>`] : [`${open}>`, ...child, '    </testcase>']
}

/** What a passed case has no place for. */
const mentions = (cases: readonly Finding[]): readonly string[] =>
  cases
    .filter(({ verdict }) => verdict === 'warn' || verdict === 'info' || verdict === 'waived')
    .map((finding) => `${finding.verdict}: ${finding.check}: ${finding.subject}: ${oneLine(finding)}`)

const property = (name: string, value: string): string => `      <property name="${name}" value="${xml(value)}"/>`

const suite = (of: Suite, id: number, result: RunResult): readonly string[] => {
  const { ladder, cases, name } = of
  const count = (outcome: Outcome): number => cases.filter(({ verdict }) => outcomeOf[verdict] === outcome).length
  const attributes = [
    `name="${xml(name)}"`,
    // Ant's schema allows no zone and no fraction.
    `timestamp="${xml(result.startedAt.slice(0, 19))}"`,
    'hostname="localhost"',
    `package="${xml(result.profile)}"`,
    `id="${id}"`,
    `tests="${cases.length}"`,
    `failures="${count('failure')}"`,
    `errors="${count('error')}"`,
    `skipped="${count('skipped')}"`,
    `time="${seconds(ladder.durationMs)}"`,
  ]
  const drawing = drawLadder(ladder.rows)
  const out = [...mentions(cases), ...(drawing.length > 0 ? [ladder.title, ...drawing] : [])]
  return [
    `  <testsuite ${attributes.join(' ')}>`,
    '    <properties>',
    property('tool', `${result.tool} ${result.version}`),
    property('sut', result.sut),
    property('title', ladder.title),
    property('verdict', ladder.verdict),
    ...result.notes.map((note) => property('note', note)),
    '    </properties>',
    ...cases.flatMap((finding, index) => caseOf(finding, index, of, result.profile)),
    `    <system-out>${text(out)}</system-out>`,
    '    <system-err/>',
    '  </testsuite>',
  ]
}

/**
 * `junit.xml`: a suite per ladder run, a case per finding. The one shape that both Jenkins' junit-10.xsd and Ant's JUnit.xsd
 * accept: a bare root, all counts on the suite, output on the suite only.
 */
export const renderJunit = (result: RunResult): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suitesOf(result).flatMap((one, id) => suite(one, id, result)),
    '</testsuites>',
    '',
  ].join('\n')

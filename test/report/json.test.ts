import { expect, test } from 'vitest'
import { renderJson } from '../../src/report/json.ts'
import { summarize } from '../../src/report/summary.ts'
import { answered, mixed, runOf } from './sample.ts'

/** Keys in the order of the document, by where they stand. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length > 0 ? [shapeOf(value[0])] : []
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([key, inner]) => (typeof inner === 'object' ? [key, shapeOf(inner)] : key))
}

test('result.json has the keys that scripts rely on, in their order; further ones come after', () => {
  expect(shapeOf(JSON.parse(renderJson(mixed)))).toEqual([
    ...['tool', 'version', 'profile', 'sut', 'startedAt', 'durationMs'],
    ['summary', ['pass', 'warn', 'fail', 'inconclusive', 'error', 'notApplicable', 'info', 'waived']],
    [
      'ladders',
      [
        [
          ...['id', 'side', 'cell', 'title', 'verdict', 'durationMs'],
          [
            'findings',
            [
              [
                ...['check', 'subject', 'verdict', 'expected', 'actual'],
                ['frames', ['number']],
                ['requirements', []],
                ['atFault', 'object'],
                ['advice', 'object'],
              ],
            ],
          ],
          ['reason', 'object'],
          ['steps', []],
          ['rows', [['frame', 'timeMs', 'from', 'to', 'label', 'copies', ['others', []]]]],
        ],
      ],
    ],
    'interrupted',
    ['notes', []],
  ])
})

test('the keys stand in that order whatever the order of the values handed in', () => {
  const { tool, version, ...rest } = mixed
  const { pass, ...counts } = mixed.summary
  expect(renderJson({ ...rest, version, tool, summary: { ...counts, pass } })).toBe(renderJson(mixed))
})

test('result.json says what the result says', () => {
  expect(JSON.parse(renderJson(mixed))).toEqual(mixed)
})

test('the summary counts findings by verdict', () => {
  expect(summarize(mixed.ladders)).toEqual({
    pass: 3,
    warn: 1,
    fail: 3,
    inconclusive: 1,
    error: 0,
    notApplicable: 0,
    info: 1,
    waived: 1,
  })
  expect(
    summarize([{ findings: answered.findings.map((one) => ({ ...one, verdict: 'not-applicable' as const })) }]),
  ).toEqual({
    ...summarize([]),
    notApplicable: 7,
  })
  expect(runOf([]).summary).toEqual(summarize([]))
})

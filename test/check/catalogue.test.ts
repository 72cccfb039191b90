import { describe, expect, test } from 'vitest'
import { inOrder } from '../../src/check/order.ts'
import { allChecks, everyCheck } from './every-check.ts'

describe('every check of the house', () => {
  for (const { file, check } of everyCheck)
    test(`${check.id} is complete`, () => {
      expect(`${check.id}.ts`).toBe(file)
      expect(check.title).not.toBe('')
      expect(check.requirement).toMatch(/\.$/)
      expect(check.advice).toMatch(/\.$/)
      expect(check.cite).not.toBe('')
      expect(check.judges.length).toBeGreaterThan(0)
    })
  test('presupposes only checks that are there, and never in a circle', () => {
    const ids = new Set([...allChecks.map(({ id }) => id), '*'])
    expect(allChecks.flatMap(({ presupposes }) => presupposes).filter((id) => !ids.has(id))).toEqual([])
    expect(inOrder(allChecks)).toHaveLength(allChecks.length)
  })
})

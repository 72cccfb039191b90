import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../src/core/finding.ts'
import { exitCode } from '../../src/report/exit.ts'

const all: readonly Verdict[] = ['pass', 'warn', 'fail', 'inconclusive', 'error', 'info', 'waived', 'not-applicable']
const of = (verdicts: readonly Verdict[], strict = false): number => exitCode({ interrupted: false, verdicts, strict })

describe('the exit code is the first that applies', () => {
  test('130: interrupted, whatever was found', () => {
    expect(exitCode({ interrupted: true, usage: true, verdicts: all, strict: true })).toBe(130)
  })
  test('2: usage or bad input', () => {
    expect(exitCode({ interrupted: false, usage: true, verdicts: all, strict: true })).toBe(2)
  })
  test('4: an error of ours', () => {
    expect(of(all)).toBe(4)
  })
  test('1: a fail, before anything inconclusive', () => {
    expect(of(['pass', 'inconclusive', 'fail'])).toBe(1)
  })
  test('1: with --strict a warn too', () => {
    expect(of(['pass', 'warn'], true)).toBe(1)
    expect(of(['pass', 'warn'])).toBe(0)
  })
  test('3: anything inconclusive', () => {
    expect(of(['pass', 'inconclusive'])).toBe(3)
  })
  test('3: nothing judged', () => {
    expect(of([])).toBe(3)
    expect(of(['info', 'not-applicable'])).toBe(3)
  })
  test('0: all that was judged holds', () => {
    expect(of(['pass', 'info', 'waived', 'not-applicable'])).toBe(0)
  })
})

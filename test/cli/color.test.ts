import { describe, expect, test } from 'vitest'
import { createColor, paintOf } from '../../src/cli/color.ts'

const isPainted = (env: Readonly<Record<string, string>>, isTTY = true, noColor = false): boolean =>
  createColor({ env, isTTY, noColor }).red('x') !== 'x'

describe('colours', () => {
  test('are on for a terminal', () => {
    expect(isPainted({ TERM: 'xterm-256color' })).toBe(true)
  })
  test('are off in a pipe, on a dumb terminal, in CI', () => {
    expect(isPainted({}, false)).toBe(false)
    expect(isPainted({ TERM: 'dumb' })).toBe(false)
    expect(isPainted({ CI: 'true' })).toBe(false)
  })
  test('NO_COLOR takes them away, unless it is empty (no-color.org)', () => {
    expect(isPainted({ NO_COLOR: '1' })).toBe(false)
    expect(isPainted({ NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
    expect(isPainted({ NO_COLOR: '' })).toBe(true)
  })
  test('--no-color takes them away, whatever the environment says', () => {
    expect(isPainted({ FORCE_COLOR: '3' }, true, true)).toBe(false)
  })
  test('FORCE_COLOR brings them into a pipe, and 0 takes them away', () => {
    expect(isPainted({ FORCE_COLOR: '' }, false)).toBe(true)
    expect(isPainted({ FORCE_COLOR: '2' }, false)).toBe(true)
    expect(isPainted({ FORCE_COLOR: '0' })).toBe(false)
    expect(isPainted({ FORCE_COLOR: 'false' })).toBe(false)
  })
  test('each verdict has its ink', () => {
    const paint = paintOf(createColor({ env: { FORCE_COLOR: '1' }, isTTY: false, noColor: false }))
    expect(paint.verdict('fail', 'FAIL')).toBe('\u001b[31mFAIL\u001b[39m')
    expect(paint.verdict('pass', 'PASS')).toBe('\u001b[32mPASS\u001b[39m')
    expect(paint.bold('x')).toBe('\u001b[1mx\u001b[22m')
    expect(paint.dim('x')).toBe('\u001b[2mx\u001b[22m')
  })
})

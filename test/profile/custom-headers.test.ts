import { describe, expect, test } from 'vitest'
import { filledUp, octetsOf } from '../../src/profile/custom-headers.ts'
import type { FieldDraft } from '../../src/sip/message.ts'

const limits = { prefix: 'X-', maxNameLength: 50, maxTotalBytes: 1024 }
const beside: readonly FieldDraft[] = [
  ['x-my-header', 'This is my header'],
  ['Allow', 'INVITE'],
]

describe('a custom header field that fills up what a provider allows', () => {
  test.each([
    ['full', 50, 1024],
    ['half', 25, 512],
  ] as const)('%s: a name of %d characters, and %d octets with those that are there', (filling, length, octets) => {
    const field = filledUp(limits, beside, filling)
    expect(field[0]).toMatch(/^X-[A-Za-z-]+$/)
    expect(field[0]).toHaveLength(length)
    expect(octetsOf(field) + octetsOf(['x-my-header', 'This is my header'])).toBe(octets)
  })
  test('is never empty', () => {
    expect(filledUp({ ...limits, maxTotalBytes: 10 }, beside, 'full')[1]).toBe('x')
  })
})

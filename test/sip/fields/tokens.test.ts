import { expect, test } from 'vitest'
import { mediaTypeOf, numberOf, tokensOf } from '../../../src/sip/fields/tokens.ts'
import { faultOf, messageOf, valueOf } from '../bytes.ts'

const withFields = (...lines: readonly string[]) => messageOf(['A sip:a@b SIP/2.0', ...lines])

test('a token list spreads over its fields (RFC 3261 §7.3.1)', () => {
  expect(tokensOf(withFields('Supported: 100rel, timer', 'k:path', 'Supported:'), 'Supported')).toEqual([
    ...['100rel', 'timer', 'path'],
  ])
  expect(tokensOf(withFields(), 'Require')).toEqual([])
})

test.each([
  ['Max-Forwards', '70', 70],
  ['Max-Forwards', '0068', 68],
  ['Max-Forwards', '255', 255],
  ['Expires', '4294967295', 2 ** 32 - 1],
])('%s: %s is %d', (name, text, value) => {
  expect(valueOf(numberOf(withFields(`${name}: ${text}`), name))).toBe(value)
})

test.each([
  ['Max-Forwards', '256'], // §20.22
  ['Max-Forwards', ''],
  ['Max-Forwards', '-1'],
  ['Expires', '4294967296'], // §20.19
  ['Expires', '1e3'],
])('%s: %j is refused', (name, text) => {
  expect(faultOf(numberOf(withFields(`${name}: ${text}`), name))).toBe(`${name.toLowerCase()}.syntax at 19`)
})

test('a field that is not there has no number, and that is no fault', () => {
  expect(valueOf(numberOf(withFields(), 'Expires'))).toBeUndefined()
})

test.each([
  ['Content-Type: application/sdp', 'application/sdp'],
  ['c: Application / SDP ; charset=utf-8', 'application/sdp'],
  ['To: x', undefined],
])('%s is media type %s (§20.15)', (line, type) => {
  expect(mediaTypeOf(withFields(line))).toBe(type)
})

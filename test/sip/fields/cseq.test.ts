import { expect, test } from 'vitest'
import { cseqOf, parseCSeq } from '../../../src/sip/fields/cseq.ts'
import { faultOf, messageOf, valueOf } from '../bytes.ts'

test.each([
  ['4711 INVITE', 4711],
  ['0009  INVITE', 9], // RFC 4475 §3.1.1.1
  ['0 INVITE', 0],
  ['2147483647\tINVITE', 2 ** 31 - 1],
  ['00000000000000000001 INVITE', 1],
])('%j is %d INVITE', (text, seq) => {
  expect(valueOf(parseCSeq(text))).toEqual({ seq, method: 'INVITE' })
})

test('a CSeq of 2**31 is refused (RFC 3261 §8.1.1.5)', () => {
  expect(faultOf(parseCSeq('2147483648 INVITE'))).toBe('cseq.range at 0')
  expect(faultOf(parseCSeq('36893488147419103232 REGISTER'))).toBe('cseq.range at 0')
})

test.each([
  '',
  '1',
  'INVITE',
  '1INVITE',
  '-1 INVITE',
  '1.5 INVITE',
  '0x1 INVITE',
  '1 INV ITE',
  '1 INVITE;a',
  'INVITE 1',
])('%j is refused (RFC 3261 §20.16)', (text) => {
  expect(faultOf(parseCSeq(text))).toBe('cseq.syntax at 0')
})

test('a message has one CSeq', () => {
  const start = 'A sip:a@b SIP/2.0'
  expect(valueOf(cseqOf(messageOf([start, 'cseq: 1 A'])))).toEqual({ seq: 1, method: 'A' })
  expect(faultOf(cseqOf(messageOf([start])))).toBe('cseq.missing at 0')
  expect(faultOf(cseqOf(messageOf([start, 'CSeq: 1 A', 'CSeq: 1 A'])))).toBe('cseq.several at 19')
  expect(faultOf(cseqOf(messageOf([start, 'To: x', 'CSeq: A'])))).toBe('cseq.syntax at 26')
})

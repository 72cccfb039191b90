import { expect, test } from 'vitest'
import { parseParams, quoted, serializeParams, unquoted } from '../../src/sip/params.ts'
import { faultOf, valueOf } from './bytes.ts'

test('values stand as on the wire, quotes included; white space goes where the grammar has it (RFC 3261 §25.1)', () => {
  const text = ' ; lr ;\tq = 0.33; x="a;b,\\"c" ;received=2001:db8::1;maddr=[::1];tag=a/b@c'
  const params = valueOf(parseParams(text))
  expect(params).toEqual([
    { name: 'lr' },
    { name: 'q', value: '0.33' },
    { name: 'x', value: '"a;b,\\"c"' },
    { name: 'received', value: '2001:db8::1' },
    { name: 'maddr', value: '[::1]' },
    { name: 'tag', value: 'a/b@c' },
  ])
  expect(serializeParams(params)).toBe(';lr;q=0.33;x="a;b,\\"c";received=2001:db8::1;maddr=[::1];tag=a/b@c')
})

test.each([
  ['lr', 'parameter.syntax at 7'],
  [';', 'parameter.name at 7'],
  [';;lr', 'parameter.name at 7'],
  [';lr;', 'parameter.name at 10'],
  [';=a', 'parameter.name at 7'],
  [';a=', 'parameter.value at 10'],
  [';a=;b', 'parameter.value at 10'],
  [';a="b', 'parameter.value at 10'],
  [';a=b c', 'parameter.syntax at 12'],
  [';a=b,c', 'parameter.syntax at 11'],
  [';a=<b>', 'parameter.value at 10'],
  [';a'.repeat(65), `parameter.too-many at ${7 + 2 * 64}`],
])('%j is refused: %s', (text, fault) => {
  expect(faultOf(parseParams(text, 7))).toBe(fault)
})

test('a quoted string loses its quotes and escapes, and gets them back', () => {
  expect(unquoted('"a\\"b\\\\c\\d"')).toBe('a"b\\cd')
  expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"')
  expect(unquoted(quoted('\\"'))).toBe('\\"')
  expect(['"', 'a"', '""'].map(unquoted)).toEqual(['"', 'a"', ''])
})

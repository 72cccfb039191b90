import { expect, test } from 'vitest'
import { bytesOf, displayText, latin1, utf8Bytes } from '../../src/sip/text.ts'

test('every byte goes to a character and back', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, code) => code)
  expect(latin1(bytes)).toHaveLength(256)
  expect(bytesOf(latin1(bytes))).toEqual(bytes)
  expect(latin1(bytes.subarray(65, 68))).toBe('ABC')
})

test('text of ours goes out as UTF-8 (RFC 3261 §7)', () => {
  expect(latin1(utf8Bytes('ü'))).toBe('\xc3\xbc')
})

test.each([
  ['J\xc3\xbcrgen', 'Jürgen'],
  ['\x1b[31mred\x07\0\r\n\t\x7f', '␛[31mred␇␀␍␊␉␡'],
  ['\xc2\x9b31m', '\\x9b31m'],
  ['\xff\xfe', '\ufffd\ufffd'],
  [latin1(utf8Bytes('a\u202eb\u2066c\u200dd\u2028e\ufefff')), 'a\\u202eb\\u2066c\\u200dd\\u2028e\\ufefff'],
  [latin1(utf8Bytes('電話 📞')), '電話 📞'],
])('%j is shown so that no terminal obeys it', (wire, shown) => {
  expect(displayText(wire)).toBe(shown)
})

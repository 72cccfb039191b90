import { describe, expect, test } from 'vitest'
import { parseAddressList, parseNameAddr, serializeNameAddr, tagOf } from '../../../src/sip/fields/address.ts'
import { latin1, utf8Bytes } from '../../../src/sip/text.ts'
import { faultOf, valueOf } from '../bytes.ts'

describe('name-addr and addr-spec (RFC 3261 §20.10, §25.1)', () => {
  test.each([
    [
      'Bob <sip:bob@biloxi.com>;tag=a6c85cf',
      { displayName: 'Bob', uri: 'sip:bob@biloxi.com', params: [{ name: 'tag', value: 'a6c85cf' }] },
    ],
    ['"Bell, \\"A\\"" <sip:a@b;x?y=z>', { displayName: 'Bell, "A"', uri: 'sip:a@b;x?y=z', params: [] }],
    ['<sip:a@b>', { uri: 'sip:a@b', params: [] }],
    ['caller<sip:a@b>', { displayName: 'caller', uri: 'sip:a@b', params: [] }],
    ['"" <sip:a@b> ; x', { displayName: '', uri: 'sip:a@b', params: [{ name: 'x' }] }],
    ['  two  words  <tel:+1>  ', { displayName: 'two  words', uri: 'tel:+1', params: [] }],
    ['"<sip:not@this>" <sip:a@b>', { displayName: '<sip:not@this>', uri: 'sip:a@b', params: [] }],
  ])('%s', (text, expected) => {
    expect(valueOf(parseNameAddr(text))).toEqual(expected)
  })
  test('without angle brackets, parameters belong to the field (§20)', () => {
    expect(valueOf(parseNameAddr('sip:+19725552222@gw1.example.net;unknownparam'))).toEqual({
      uri: 'sip:+19725552222@gw1.example.net',
      params: [{ name: 'unknownparam' }],
    })
  })
  test('UTF-8 without quotes is tolerated in a display name', () => {
    const jurgen = latin1(utf8Bytes('Jürgen'))
    expect(valueOf(parseNameAddr(`${jurgen} <sip:a@b>`)).displayName).toBe(jurgen)
  })
  test.each([
    ['', 'addr-spec.syntax at 0'],
    ['*', 'addr-spec.syntax at 0'],
    ['bob', 'addr-spec.syntax at 0'],
    ['sip:a@b,c', 'addr-spec.syntax at 7'],
    ['sip:a@b?Route=c', 'addr-spec.syntax at 7'],
    ['sip:a b@c', 'addr-spec.syntax at 0'],
    ['"Mr. J. User <sip:a@b>', 'name-addr.quote at 0'],
    ['"Bob" sip:a@b', 'name-addr.display-name at 6'],
    ['Bell, Alexander <sip:a@b>', 'name-addr.display-name at 4'],
    ['Bob <bob@b>', 'name-addr.uri at 5'],
    ['< sip:a@b >', 'name-addr.angle at 1'],
    ['<>', 'name-addr.uri at 1'],
    ['<sip:a@b', 'name-addr.angle at 8'],
    ['<sip:a@b>x', 'parameter.syntax at 9'],
    ['<sip:a@b>;;;;', 'parameter.name at 9'],
    ['<<sip:a@b>>', 'name-addr.angle at 1'],
  ])('%j is refused: %s', (text, fault) => {
    expect(faultOf(parseNameAddr(text))).toBe(fault)
  })
})

test('a list has commas between, not within (§7.3.1)', () => {
  const list = valueOf(parseAddressList('"A, B" <sip:a,b@c;lr>, <sip:d@e;lr>;x="1,2"'))
  expect(list.map(({ uri }) => uri)).toEqual(['sip:a,b@c;lr', 'sip:d@e;lr'])
  expect(faultOf(parseAddressList('<sip:a@b>,'))).toBe('addr-spec.syntax at 0')
  expect(faultOf(parseAddressList('<sip:a@b>,,<sip:c@d>'))).toBe('addr-spec.syntax at 0')
})

test.each([
  ['Bob <sip:a@b>;tag=1', 'Bob <sip:a@b>;tag=1'],
  ['"Bob"<sip:a@b>', 'Bob <sip:a@b>'],
  ['"Bell, A" <sip:a@b>', '"Bell, A" <sip:a@b>'],
  ['"a\\"b" <sip:a@b>', '"a\\"b" <sip:a@b>'],
  ['"" <sip:a@b>', '"" <sip:a@b>'],
  ['sip:a@b;tag=1', '<sip:a@b>;tag=1'],
])('%s is written %s', (text, written) => {
  expect(serializeNameAddr(valueOf(parseNameAddr(text)))).toBe(written)
})

test('the tag is the parameter of the field, not of the URI (§19.3)', () => {
  expect(tagOf(valueOf(parseNameAddr('<sip:a@b;tag=no>;TAG=yes')))).toBe('yes')
  expect(tagOf(valueOf(parseNameAddr('<sip:a@b;tag=no>')))).toBeUndefined()
  expect(tagOf(valueOf(parseNameAddr('<sip:a@b>;tag')))).toBeUndefined()
})

import { expect, test } from 'vitest'
import { parseAuthorization, serializeAuthorization } from '../../../src/sip/fields/authorization.ts'
import { faultOf, valueOf } from '../bytes.ts'

// As Asterisk 22.10.1 sent it.
const asterisk =
  'Digest username="pbx01", realm="itsp.test", nonce="47ebe028cda119c35d4877b383027d28da013815", uri="sip:127.0.0.1:25060", response="186f934f8c0a3bcc5625d9e2b4e350fc", algorithm=MD5, cnonce="8aecb1d5b1684ce98d29562d64d1a0ca", qop=auth, nc=00000001'

test('credentials are read (RFC 3261 §20.7)', () => {
  expect(valueOf(parseAuthorization(asterisk))).toEqual({
    username: 'pbx01',
    realm: 'itsp.test',
    nonce: '47ebe028cda119c35d4877b383027d28da013815',
    uri: 'sip:127.0.0.1:25060',
    response: '186f934f8c0a3bcc5625d9e2b4e350fc',
    algorithm: 'MD5',
    cnonce: '8aecb1d5b1684ce98d29562d64d1a0ca',
    qop: 'auth',
    nc: '00000001',
  })
})

test('qop, nc and algorithm are not quoted, all others are (RFC 7616 §3.4)', () => {
  expect(serializeAuthorization(valueOf(parseAuthorization(asterisk)))).toBe(asterisk)
  const quotes = { username: 'a"b\\c', realm: 'r', nonce: 'n', uri: 'sip:a@b', response: '0'.repeat(32), opaque: 'o' }
  const text = serializeAuthorization(quotes)
  expect(text).toContain('username="a\\"b\\\\c"')
  expect(valueOf(parseAuthorization(text))).toEqual(quotes)
})

test.each([
  [asterisk.replace('Digest', 'NoOneKnowsThisScheme'), 'authorization.scheme'],
  [asterisk.replace('uri=', 'url='), 'authorization.incomplete'],
  [asterisk.replace('response=', 'answer='), 'authorization.incomplete'],
  [asterisk.replace('nc=00000001', 'nc=1'), 'authorization.nc'],
  [asterisk.replace('nc=00000001', 'nc=0000000g'), 'authorization.nc'],
  [asterisk.replace('realm="itsp.test", ', 'realm="itsp.test" '), 'auth.parameter'], // RFC 3665 §2.1 F3 is printed so
  [`${asterisk}, uri="sip:other@b"`, 'auth.repeated'],
])('%j is refused: %s', (text, rule) => {
  expect(faultOf(parseAuthorization(text))).toMatch(rule)
})

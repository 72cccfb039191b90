import { describe, expect, test } from 'vitest'
import { answerChallenge, chooseChallenge, verifyAuthorization } from '../../src/sip/digest.ts'
import type { Authorization } from '../../src/sip/fields/authorization.ts'
import { type Challenge, parseChallenge } from '../../src/sip/fields/challenge.ts'
import { latin1, utf8Bytes } from '../../src/sip/text.ts'
import { faultOf, valueOf } from './bytes.ts'

type Vector = Omit<Authorization, 'username' | 'response'> & {
  readonly origin: string
  readonly username: string
  readonly password: string
  readonly method: string
  readonly response: string
}

const rfc7616 = {
  username: 'Mufasa',
  password: 'Circle of Life',
  realm: 'http-auth@example.org',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  qop: 'auth',
}
const asterisk = {
  username: 'pbx01',
  password: 's3cret',
  realm: 'itsp.test',
  nonce: '47ebe028cda119c35d4877b383027d28da013815',
  algorithm: 'MD5',
  nc: '00000001',
  qop: 'auth',
}
/** `curl --digest -u pbx01:s3cret` 7.88.1 against a server that challenged so. */
const curl = {
  username: 'pbx01',
  password: 's3cret',
  realm: 'itsp.test',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '47ebe028cda119c35d4877b383027d28da013815',
}

const vectors: readonly Vector[] = [
  {
    origin: 'RFC 2617 §3.5',
    username: 'Mufasa',
    password: 'Circle Of Life',
    realm: 'testrealm@host.com',
    method: 'GET',
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    nc: '00000001',
    cnonce: '0a4f113b',
    qop: 'auth',
    response: '6629fae49393a05397450978507c4ef1',
  },
  { origin: 'RFC 7616 §3.9.1', ...rfc7616, algorithm: 'MD5', response: '8ca523f5e9506fed4657c9700eebdbec' },
  {
    origin: 'RFC 7616 §3.9.1',
    ...rfc7616,
    algorithm: 'SHA-256',
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  },
  {
    origin: 'RFC 2069 §2.4 as erratum 749 has it: no qop',
    username: 'Mufasa',
    password: 'CircleOfLife',
    realm: 'testrealm@host.com',
    method: 'GET',
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    response: '1949323746fe6a43ef61f9606e7febea',
  },
  {
    origin: 'a REGISTER of Asterisk 22.10.1',
    ...asterisk,
    method: 'REGISTER',
    uri: 'sip:127.0.0.1:25060',
    cnonce: '8aecb1d5b1684ce98d29562d64d1a0ca',
    response: '186f934f8c0a3bcc5625d9e2b4e350fc',
  },
  {
    origin: 'an INVITE of Asterisk 22.10.1',
    ...asterisk,
    method: 'INVITE',
    uri: 'sip:18005551212@127.0.0.1:25060',
    cnonce: '20b1983c261544039a2968e7611ce5f6',
    response: '773b36a7e03ff0402fb7ce4e59e97d5d',
  },
  {
    origin: 'curl',
    ...curl,
    algorithm: 'MD5-sess',
    nc: '00000001',
    cnonce: 'YzI1MTkxNTU3MGNmN2RkMDNiODc0ZGI2ODIzNGUzMzE=',
    qop: 'auth',
    response: '6ed111374fff822c9d0c92b8c0ebc0fe',
  },
  {
    origin: 'curl',
    ...curl,
    algorithm: 'SHA-256-sess',
    nc: '00000001',
    cnonce: 'Njg0OTk2MDViNTliMDU0NzRhYzk3ZmI4MGEwNDJjMmE=',
    qop: 'auth',
    response: '72a0a53b77074a6201b1ee258ccd1d0aaecccd01056a0018e6f7b0b3faf49cc4',
  },
  { origin: 'curl: no qop', ...curl, algorithm: 'MD5', response: '4913f51074dc9dea4f35c3b3ad0bae9e' },
]

const challengeOf = ({ realm, nonce, algorithm, qop }: Partial<Vector>): Challenge => ({
  scheme: 'Digest',
  realm: realm ?? 'r',
  nonce: nonce ?? 'n',
  stale: false,
  ...(algorithm === undefined ? {} : { algorithm }),
  qop: qop === undefined ? [] : [qop],
  params: [],
})

describe.each(vectors)('$origin, $algorithm $method', (vector) => {
  const { origin: _origin, password, method, ...expected } = vector
  test('is what we answer', () => {
    const { username, uri, cnonce = 'unused', nc = '00000001' } = vector
    const request = { method, uri, cnonce, nc: Number.parseInt(nc, 16) }
    expect(valueOf(answerChallenge(challengeOf(vector), { username, password }, request))).toEqual(expected)
  })
  test('is right to us, and with anything else it is wrong', () => {
    expect(verifyAuthorization(expected, { password, method })).toBe(true)
    expect(verifyAuthorization(expected, { password: `${password}!`, method })).toBe(false)
    expect(verifyAuthorization(expected, { password, method: 'BYE' })).toBe(false)
    for (const change of [
      { realm: 'x' },
      { nonce: 'x' },
      { uri: 'x' },
      { username: 'x' },
      { response: 'x' },
      { response: '' },
    ])
      expect(verifyAuthorization({ ...expected, ...change }, { password, method })).toBe(false)
    if (expected.qop !== undefined)
      for (const change of [{ nc: '00000002' }, { cnonce: 'x' }, { qop: 'auth-int' }])
        expect(verifyAuthorization({ ...expected, ...change }, { password, method })).toBe(false)
  })
})

describe('answers', () => {
  const request = { method: 'INVITE', uri: 'sip:a@b', cnonce: 'c', nc: 1 }
  const credentials = { username: 'u', password: 'p' }
  const answer = (text: string) => answerChallenge(valueOf(parseChallenge(text)), credentials, request)

  test('of auth and auth-int we take auth (RFC 3261 §22.4)', () => {
    expect(valueOf(answer('Digest realm="r", nonce="n", qop="auth-int, AUTH"'))).toMatchObject({
      qop: 'auth',
      nc: '00000001',
    })
  })
  test('the nonce count has eight hexadecimal digits (RFC 7616 §3.4)', () => {
    const twentieth = answerChallenge(challengeOf({ qop: 'auth' }), credentials, { ...request, nc: 0x1a })
    expect(valueOf(twentieth).nc).toBe('0000001a')
  })
  test('opaque goes back as it came, and algorithm only where it was named (RFC 7616 §3.4)', () => {
    expect(valueOf(answer('Digest realm="r", nonce="n", opaque="o\\"p"')).opaque).toBe('o"p')
    expect(valueOf(answer('Digest realm="r", nonce="n"')).algorithm).toBeUndefined()
    expect(valueOf(answer('Digest realm="r", nonce="n", algorithm=sha-256')).algorithm).toBe('sha-256')
  })
  test('without qop there is neither count nor cnonce; a -sess algorithm needs the cnonce all the same', () => {
    expect(valueOf(answer('Digest realm="r", nonce="n"'))).not.toHaveProperty('cnonce')
    const session = valueOf(answer('Digest realm="r", nonce="n", algorithm=MD5-sess'))
    expect([session.cnonce, session.nc]).toEqual(['c', undefined])
    expect(verifyAuthorization(session, { password: 'p', method: 'INVITE' })).toBe(true)
  })
  test('names and passwords beyond ASCII are UTF-8 (RFC 7616 §4)', () => {
    const answered = valueOf(answerChallenge(challengeOf({}), { username: 'Jäsøn', password: 'pässwörd€' }, request))
    expect(answered.username).toBe(latin1(utf8Bytes('Jäsøn')))
    expect(verifyAuthorization(answered, { password: 'pässwörd€', method: 'INVITE' })).toBe(true)
    expect(verifyAuthorization(answered, { password: 'pässwörd¬', method: 'INVITE' })).toBe(false)
  })
  test.each([
    'Digest realm="r", nonce="n", algorithm=SHA-512-256',
    'Digest realm="r", nonce="n", algorithm=constructor',
    'Digest realm="r", nonce="n", qop="auth-int"',
    'Bearer authz_server="https://a"',
  ])('%s cannot be answered', (text) => {
    expect(faultOf(answer(text))).toBe('digest.unsupported at 0')
  })
})

test('of several challenges the topmost that we can is answered (RFC 8760 §2.4)', () => {
  const challenges = ['SHA-512-256', 'SHA-256', 'MD5'].map((algorithm) => challengeOf({ algorithm, qop: 'auth' }))
  expect(chooseChallenge(challenges)?.algorithm).toBe('SHA-256')
  expect(chooseChallenge(challenges.toReversed())?.algorithm).toBe('MD5')
  expect(chooseChallenge(challenges.slice(0, 1))).toBeUndefined()
  expect(chooseChallenge([])).toBeUndefined()
})

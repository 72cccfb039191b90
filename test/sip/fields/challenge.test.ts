import { describe, expect, test } from 'vitest'
import { challengesOf, parseChallenge, serializeChallenge } from '../../../src/sip/fields/challenge.ts'
import { faultOf, responseOf, valueOf } from '../bytes.ts'

describe('challenges (RFC 3261 §20.44, RFC 7616 §3.3)', () => {
  test('that of RFC 7616 §3.9.1', () => {
    const text =
      'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    expect(valueOf(parseChallenge(text))).toMatchObject({
      scheme: 'Digest',
      realm: 'http-auth@example.org',
      qop: ['auth', 'auth-int'],
      algorithm: 'SHA-256',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
      stale: false,
    })
  })
  test('white space, case and quotes are as free as the grammar has them', () => {
    expect(
      valueOf(parseChallenge('  digest\tREALM = "a, \\"b\\"" ,nonce="n",stale=TRUE ,Algorithm="MD5",qop=auth  ')),
    ).toMatchObject({
      scheme: 'digest',
      realm: 'a, "b"',
      nonce: 'n',
      stale: true,
      algorithm: 'MD5',
      qop: ['auth'],
    })
  })
  test('another scheme is read for what it is', () => {
    expect(valueOf(parseChallenge('Bearer scope="a b", authz_server="https://x"'))).toMatchObject({
      scheme: 'Bearer',
      params: [
        { name: 'scope', value: '"a b"' },
        { name: 'authz_server', value: '"https://x"' },
      ],
    })
  })
  test.each([
    ['', 'auth.scheme at 0'],
    ['Digest', 'auth.scheme at 0'],
    ['Digest ', 'auth.parameter at 7'],
    ['Digest realm', 'auth.parameter at 7'],
    ['Digest realm=', 'auth.parameter at 13'],
    ['Digest realm="a', 'auth.parameter at 13'],
    ['Digest realm="a" nonce="b"', 'auth.parameter at 17'],
    ['Digest realm="a",', 'auth.parameter at 17'],
    ['Digest realm="a", realm="b", nonce="c"', 'auth.repeated at 18'],
    ['Digest realm="a"', 'challenge.realm-or-nonce at 0'],
    ['Digest nonce="a"', 'challenge.realm-or-nonce at 0'],
    [`Digest ${Array.from({ length: 65 }, (_, n) => `p${n}=1`).join(',')}`, 'auth.too-many'],
  ])('%j is refused: %s', (text, fault) => {
    expect(faultOf(parseChallenge(text))).toMatch(fault)
  })
})

test('what we write, we read', () => {
  const challenge = {
    realm: 'a "b"',
    nonce: 'n',
    opaque: 'o',
    stale: true,
    algorithm: 'SHA-256',
    qop: ['auth', 'auth-int'],
  }
  const text = serializeChallenge(challenge)
  expect(text).toBe(
    'Digest realm="a \\"b\\"", nonce="n", opaque="o", stale=true, algorithm=SHA-256, qop="auth,auth-int"',
  )
  expect(valueOf(parseChallenge(text))).toMatchObject(challenge)
  expect(serializeChallenge({ realm: 'r', nonce: 'n', stale: false, qop: [] })).toBe('Digest realm="r", nonce="n"')
})

test('a response may have several, of servers and of proxies; what cannot be read is left out', () => {
  const response = responseOf([
    'SIP/2.0 401 Unauthorized',
    'Proxy-Authenticate: Digest realm="p", nonce="1"',
    'WWW-Authenticate: Digest realm="a", nonce="1", algorithm=SHA-256',
    'WWW-Authenticate: Digest nonsense',
    'www-authenticate: Digest realm="b", nonce="1"',
  ])
  expect(challengesOf(response).map(({ challenge, proxy }) => [challenge.realm, proxy])).toEqual([
    ['a', false],
    ['b', false],
    ['p', true],
  ])
})

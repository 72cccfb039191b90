import { describe, expect, test } from 'vitest'
import type { Response } from '../../src/sip/message.ts'
import { type NonceCounts, followChallenges, retryFields } from '../../src/session/challenge.ts'
import { responseFrom } from '../support/messages.ts'

const credentials = { username: 'Mufasa', password: 'Circle of Life' }
const count = { cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', nc: 1 }
const request = { method: 'GET', requestUri: '/dir/index.html' }

const retried = (response: Response) => {
  const fields = retryFields(response, request, credentials, count)
  return fields.ok ? fields.value : fields.fault.rule
}

/** The challenges of RFC 7616 §3.9.1. */
const common =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
const sha256 = `Digest ${common}, algorithm=SHA-256`
const md5 = `Digest ${common}, algorithm=MD5`

describe('credentials for a challenged request', () => {
  test('RFC 7616 §3.9.1: of two algorithms the topmost, which RFC 8760 §2.4 says is SHA-256', () => {
    const fields = retried(responseFrom('SIP/2.0 401 No', `WWW-Authenticate: ${sha256}`, `WWW-Authenticate: ${md5}`))
    expect(fields).toHaveLength(1)
    expect(fields[0]).toEqual([
      'Authorization',
      expect.stringContaining('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"'),
    ])
  })

  test('RFC 7616 §3.9.1 by MD5', () => {
    const fields = retried(responseFrom('SIP/2.0 401 No', `WWW-Authenticate: ${md5}`))
    expect(fields[0]?.[1]).toContain('response="8ca523f5e9506fed4657c9700eebdbec"')
    expect(fields[0]?.[1]).toContain('nc=00000001')
  })

  test('another realm is answered for, where one is named', () => {
    const fields = retryFields(responseFrom('SIP/2.0 401 No', `WWW-Authenticate: ${md5}`), request, credentials, {
      ...count,
      realm: 'another',
    })
    const value = fields.ok ? fields.value[0]?.[1] : undefined
    expect(value).toContain('realm="another"')
    expect(value).not.toContain('8ca523f5e9506fed4657c9700eebdbec')
  })

  test('an algorithm that we do not know is passed over', () => {
    const unknown = md5.replace('algorithm=MD5', 'algorithm=SHA-512-256')
    const fields = retried(responseFrom('SIP/2.0 401 No', `WWW-Authenticate: ${unknown}`, `WWW-Authenticate: ${md5}`))
    expect(fields[0]?.[1]).toContain('algorithm=MD5')
  })

  test('a 407 is answered by Proxy-Authorization, and each realm for itself (RFC 3261 §22.3)', () => {
    const other = md5.replace('http-auth@example.org', 'second.example.org')
    const fields = retried(
      responseFrom(
        'SIP/2.0 407 No',
        `Proxy-Authenticate: ${md5}`,
        `WWW-Authenticate: ${sha256}`,
        `Proxy-Authenticate: ${other}`,
      ),
    )
    expect(typeof fields === 'string' ? fields : fields.map(([name]) => name)).toEqual([
      'Authorization',
      'Proxy-Authorization',
      'Proxy-Authorization',
    ])
  })

  test('a realm whose challenges we do not understand is ignored beside one whose we do (RFC 8760 §2.4)', () => {
    const unknown = md5.replace('algorithm=MD5', 'algorithm=FOO').replace('http-auth@', 'first@')
    const fields = retried(
      responseFrom(
        'SIP/2.0 401 No',
        'WWW-Authenticate: Basic realm="b"',
        `WWW-Authenticate: ${unknown}`,
        `WWW-Authenticate: ${md5}`,
      ),
    )
    expect(fields).toEqual([['Authorization', expect.stringContaining('realm="http-auth@example.org"')]])
  })

  test('no challenge, none that we can answer, one that is not Digest: a fault', () => {
    expect(retried(responseFrom('SIP/2.0 401 No', 'CSeq: 1 INVITE'))).toBe('challenge.missing')
    expect(retried(responseFrom('SIP/2.0 401 No', 'WWW-Authenticate: Basic realm="a"'))).toBe('digest.unsupported')
    expect(
      retried(responseFrom('SIP/2.0 401 No', `WWW-Authenticate: ${md5.replace('auth, auth-int', 'auth-int')}`)),
    ).toBe('digest.unsupported')
  })
})

describe('the challenges to one request', () => {
  const follower = (counts?: NonceCounts) => followChallenges(credentials, (bits) => '0'.repeat(bits / 4), counts)
  const challenge = (realm: string, nonce: string, more = '') =>
    responseFrom('SIP/2.0 401 No', `WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}", qop="auth"${more}`)
  const nonces = (fields: ReturnType<ReturnType<typeof follower>>) =>
    fields.ok
      ? fields.value.map(([, value]) => [/nonce="(\w+)"/.exec(value)?.[1], /nc=(\w+)/.exec(value)?.[1]])
      : fields.fault.rule

  test('are followed with a new nonce where the old one was stale (RFC 7616 §3.3)', () => {
    const follow = follower()
    expect(nonces(follow(challenge('a', 'n1'), request))).toEqual([['n1', '00000001']])
    expect(nonces(follow(challenge('a', 'n2', ', stale=TRUE'), request))).toEqual([['n2', '00000001']])
  })

  test.each([
    ['a new nonce, without a word of stale', challenge('a', 'n2')],
    ['a new nonce, and stale=false', challenge('a', 'n2', ', stale=false')],
    ['the same nonce, said to be stale', challenge('a', 'n1', ', stale=true')],
  ])('are over where the credentials were refused: %s (RFC 3261 §22.1)', (_how, second) => {
    const follow = follower()
    follow(challenge('a', 'n1'), request)
    expect(nonces(follow(second, request))).toBe('challenge.refused')
  })

  test('of another realm are answered beside the first, whose nonce counts on (RFC 3261 §22.3, RFC 7616 §3.4)', () => {
    const follow = follower()
    follow(challenge('a', 'n1'), request)
    expect(nonces(follow(challenge('b', 'n2'), request))).toEqual([
      ['n1', '00000002'],
      ['n2', '00000001'],
    ])
  })

  test('of the requests of one call count the uses of a nonce together (RFC 7616 §3.4)', () => {
    const counts: NonceCounts = new Map()
    const used = (nonce: string) => nonces(follower(counts)(challenge('a', nonce), request))
    expect([used('n1'), used('n1'), used('n2')]).toEqual([
      [['n1', '00000001']],
      [['n1', '00000002']],
      [['n2', '00000001']],
    ])
  })

  test('without end are not followed for ever', () => {
    const follow = follower()
    const told = [1, 2, 3, 4, 5].map((n) => follow(challenge('a', `n${n}`, ', stale=true'), request).ok)
    expect(told).toEqual([true, true, true, true, false])
  })
})

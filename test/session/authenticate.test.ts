import { describe, expect, test } from 'vitest'
import type { Token } from '../../src/core/world.ts'
import { type Algorithm, createAuthenticator } from '../../src/session/authenticate.ts'
import { retryFields } from '../../src/session/challenge.ts'
import type { FieldDraft, Request } from '../../src/sip/message.ts'
import { createHandClock } from '../support/hand-clock.ts'
import { requestFrom, responseFrom } from '../support/messages.ts'

const credentials = { username: 'alice', password: 'wonderland' }

const setUp = (challenge: 401 | 407 = 401, algorithms: readonly Algorithm[] = ['SHA-256', 'MD5']) => {
  const { clock, advance } = createHandClock()
  let made = 0
  const token: Token = (bits) => String((made += 1)).padStart(bits / 4, '0')
  const options = { realm: 'sip.example.net', challenge, algorithms, world: { clock, token }, nonceLifeMs: 60_000 }
  return { authenticator: createAuthenticator(options), advance }
}

const invite = (...fields: readonly FieldDraft[]): Request =>
  requestFrom(
    'INVITE sip:+12025550100@sip.example.net SIP/2.0',
    'CSeq: 1 INVITE',
    ...fields.map(([name, value]) => `${name}: ${value}`),
  )

/** What a client sends for these challenges. */
const answered = (challenges: readonly FieldDraft[], nc = 1, password = credentials.password): Request => {
  const response = responseFrom('SIP/2.0 401 No', ...challenges.map(([name, value]) => `${name}: ${value}`))
  const fields = retryFields(response, invite(), { ...credentials, password }, { cnonce: 'c', nc })
  if (!fields.ok) throw new Error(fields.fault.rule)
  return invite(...fields.value)
}

describe('digest at the server (RFC 3261 §22, RFC 7616, RFC 8760)', () => {
  test.each([
    [401, 'WWW-Authenticate', 'Authorization'],
    [407, 'Proxy-Authenticate', 'Proxy-Authorization'],
  ] as const)('%i: no credentials, then the right ones', (status, challenge, answer) => {
    const { authenticator } = setUp(status)
    expect(authenticator.check(invite(), credentials)).toBe('none')
    const fields = authenticator.challengeFields(false)
    expect(fields.map(([name]) => name)).toEqual([challenge, challenge])
    const again = answered(fields)
    expect(again.fields.map(({ name }) => name)).toContain(answer)
    expect(authenticator.check(again, credentials)).toBe('right')
  })

  test('one challenge for each algorithm, the best first, with one nonce (RFC 8760 §2.3)', () => {
    const values = setUp()
      .authenticator.challengeFields(false)
      .map(([, value]) => value)
    expect(values).toEqual([
      'Digest realm="sip.example.net", nonce="00000000000000000000000000000001", algorithm=SHA-256, qop="auth"',
      'Digest realm="sip.example.net", nonce="00000000000000000000000000000001", algorithm=MD5, qop="auth"',
    ])
  })

  test('a wrong password, a wrong user', () => {
    const { authenticator } = setUp()
    const fields = authenticator.challengeFields(false)
    expect(authenticator.check(answered(fields, 1, 'looking-glass'), credentials)).toBe('wrong')
    expect(authenticator.check(answered(fields), { ...credentials, username: 'bob' })).toBe('wrong')
  })

  test('a nonce count that was used before is refused, the next one passes', () => {
    const { authenticator } = setUp()
    const fields = authenticator.challengeFields(false)
    expect(authenticator.check(answered(fields, 1), credentials)).toBe('right')
    expect(authenticator.check(answered(fields, 1), credentials)).toBe('stale')
    expect(authenticator.check(answered(fields, 2), credentials)).toBe('right')
  })

  test('an unknown nonce with the right password is stale, with a wrong one it is wrong', () => {
    const foreign = setUp().authenticator.challengeFields(false)
    const { authenticator } = setUp()
    expect(authenticator.check(answered(foreign), credentials)).toBe('stale')
    expect(authenticator.check(answered(foreign, 1, 'looking-glass'), credentials)).toBe('wrong')
    expect(authenticator.challengeFields(true)[0]?.[1]).toContain('stale=true')
  })

  test('a nonce that is over is stale', () => {
    const { authenticator, advance } = setUp()
    const fields = authenticator.challengeFields(false)
    advance(60_000)
    expect(authenticator.check(answered(fields, 1), credentials)).toBe('right')
    advance(1)
    expect(authenticator.check(answered(fields, 2), credentials)).toBe('stale')
  })

  test('without qop, as RFC 2069 did it, a nonce serves once', () => {
    const { authenticator } = setUp(401, ['MD5'])
    const old = authenticator
      .challengeFields(false)
      .map(([name, value]) => [name, value.replace(', qop="auth"', '')] as const)
    expect(authenticator.check(answered(old), credentials)).toBe('right')
    expect(authenticator.check(answered(old), credentials)).toBe('stale')
  })

  test('credentials for another realm are none', () => {
    const { authenticator } = setUp()
    const other = authenticator
      .challengeFields(false)
      .map(([name, value]) => [name, value.replace('sip.example.net', 'elsewhere.example')] as const)
    expect(authenticator.check(answered(other), credentials)).toBe('none')
  })

  test('an algorithm that was not offered is wrong', () => {
    const fields = setUp(401, ['MD5']).authenticator.challengeFields(false)
    expect(setUp(401, ['SHA-256']).authenticator.check(answered(fields), credentials)).toBe('wrong')
  })

  test.each(['Digest', 'Basic YWxpY2U6', 'Digest realm="sip.example.net"', 'Digest response='])(
    '%s: nothing that can be read is none, and no exception',
    (value) => {
      expect(setUp().authenticator.check(invite(['Authorization', value]), credentials)).toBe('none')
    },
  )

  test('a response that is no hexadecimal text is wrong, and no exception', () => {
    const { authenticator } = setUp()
    const [[name, value] = ['', '']] = authenticator.challengeFields(false)
    const request = answered([[name, value]])
    const bent = request.fields.map(({ name: field, value: text }): FieldDraft => [
      field,
      field === 'Authorization' ? text.replace(/response="[0-9a-f]*"/, `response="${'\xe9'.repeat(64)}"`) : text,
    ])
    expect(authenticator.check(invite(...bent.filter(([field]) => field === 'Authorization')), credentials)).toBe(
      'wrong',
    )
  })
})

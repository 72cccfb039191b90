import { describe, expect, test } from 'vitest'
import type { Message, Request } from '../../src/sip/message.ts'
import { clientKey, mergeKey, serverKey } from '../../src/transaction/key.ts'
import { requestFrom, responseFrom } from '../support/messages.ts'
import { responseOf } from './show.ts'

const request = (method: string, via: string, more: Readonly<Record<string, string>> = {}): Request => {
  const fields = {
    To: '<sip:bob@biloxi.com>',
    From: '<sip:alice@atlanta.com>;tag=1',
    'Call-ID': 'a',
    CSeq: `1 ${method}`,
    ...more,
  }
  const { uri = 'sip:bob@biloxi.com', ...rest } = fields as Record<string, string>
  return requestFrom(
    `${method} ${uri} SIP/2.0`,
    `Via: ${via}`,
    ...Object.entries(rest).map(([name, value]) => `${name}: ${value}`),
  )
}

const value = (key: ReturnType<typeof serverKey>): string => {
  if (!key.ok) throw new Error(key.fault.rule)
  return key.value
}
const server = (message: Request, as?: string): string => value(serverKey(message, as))
const client = (message: Message): string => value(clientKey(message))

const via = 'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds'

describe('responses to client transactions (RFC 3261 §17.1.3)', () => {
  test('match by the branch of the top Via and the method of CSeq', () => {
    const sent = request('INVITE', 'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff')
    expect(client(responseOf(180))).toBe(client(sent))
    expect(client(responseOf(200, 'CANCEL'))).not.toBe(client(sent))
  })

  test('a branch compares without case, like any parameter value (§7.3.1)', () => {
    const [lower, upper] = ['z9hG4bKabc', 'Z9HG4BKABC'].map((branch) =>
      client(responseFrom('SIP/2.0 200 OK', `Via: SIP/2.0/UDP a;branch=${branch}`, 'CSeq: 1 BYE')),
    )
    expect(lower).toBe(upper)
  })

  test('without Via or CSeq there is no match, and no exception', () => {
    expect(clientKey(responseFrom('SIP/2.0 200 OK', 'CSeq: 1 BYE'))).toMatchObject({ ok: false })
    expect(clientKey(responseFrom('SIP/2.0 200 OK', `Via: ${via}`))).toMatchObject({ ok: false })
  })
})

describe('requests to server transactions (RFC 3261 §17.2.3)', () => {
  test('match by branch, sent-by and method', () => {
    const key = server(request('INVITE', via))
    expect(server(request('INVITE', via, { CSeq: '2 INVITE', 'Call-ID': 'b' }))).toBe(key)
    expect(server(request('INVITE', `${via}x`))).not.toBe(key)
    expect(server(request('BYE', via))).not.toBe(key)
  })

  test('the sent-by counts, for two clients may pick one branch; port 5060 is the default', () => {
    const key = server(request('INVITE', via))
    const other = via.replace('pc33', 'pc34')
    expect(server(request('INVITE', other))).not.toBe(key)
    expect(server(request('INVITE', via.replace('atlanta.com', 'atlanta.com:5060')))).toBe(key)
    expect(server(request('INVITE', via.replace('atlanta.com', 'atlanta.com:5062')))).not.toBe(key)
    expect(server(request('INVITE', via.replace('pc33', 'PC33')))).toBe(key)
  })

  test('an ACK has the key of its INVITE, a CANCEL finds it (§9.2)', () => {
    const key = server(request('INVITE', via))
    expect(server(request('ACK', via))).toBe(key)
    expect(server(request('CANCEL', via))).not.toBe(key)
    expect(server(request('CANCEL', via), 'INVITE')).toBe(key)
  })

  describe('without the magic cookie, as in RFC 2543', () => {
    const old = 'SIP/2.0/UDP pc33.atlanta.com'
    const key = server(request('INVITE', old))

    test('the INVITE again matches', () => {
      expect(server(request('INVITE', old))).toBe(key)
    })

    test('the ACK matches although its To has a tag', () => {
      expect(server(request('ACK', old, { To: '<sip:bob@biloxi.com>;tag=2' }))).toBe(key)
    })

    test.each([
      ['Request-URI', { uri: 'sip:bob@chicago.com' }],
      ['From tag', { From: '<sip:alice@atlanta.com>;tag=9' }],
      ['Call-ID', { 'Call-ID': 'b' }],
      ['CSeq', { CSeq: '2 INVITE' }],
    ])('another %s is another transaction', (_, more) => {
      expect(server(request('INVITE', old, more))).not.toBe(key)
    })

    test('another top Via is another transaction', () => {
      expect(server(request('INVITE', `${old};branch=1`))).not.toBe(key)
    })
  })
})

test('a merged request has From tag, Call-ID and CSeq in common, and another branch (RFC 3261 §8.2.2.2)', () => {
  const first = mergeKey(request('INVITE', via))
  expect(mergeKey(request('INVITE', `${via}2`, { uri: 'sip:bob@192.0.2.4' }))).toBe(first)
  expect(mergeKey(request('INVITE', via, { CSeq: '2 INVITE' }))).not.toBe(first)
  expect(mergeKey(request('INVITE', via, { From: '<sip:alice@atlanta.com>;tag=2' }))).not.toBe(first)
})

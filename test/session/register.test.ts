import { expect, test } from 'vitest'
import { bindingsOf, registerFields } from '../../src/session/register.ts'
import { requestFrom, responseFrom } from '../support/messages.ts'

/** The 200 of RFC 3665 §2.3, which lists the current contacts. */
const listed = responseFrom(
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/TLS client.biloxi.example.com:5061;branch=z9hG4bKnashds7',
  ' ;received=192.0.2.201',
  'From: Bob <sips:bob@biloxi.example.com>;tag=a73kszlfl',
  'To: Bob <sips:bob@biloxi.example.com>;tag=jqoiweu75',
  'Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com',
  'CSeq: 1 REGISTER',
  'Contact: <sips:bob@client.biloxi.example.com>;expires=3600',
  'Contact: <mailto:bob@biloxi.example.com>;expires=4294967295',
)

test('the bindings of a 200 to REGISTER, each with its own time (RFC 3261 §10.2.4)', () => {
  expect(bindingsOf(listed)).toEqual({
    ok: true,
    value: [
      { uri: 'sips:bob@client.biloxi.example.com', expiresS: 3600 },
      { uri: 'mailto:bob@biloxi.example.com', expiresS: 4_294_967_295 },
    ],
  })
})

test('the Expires field counts for Contacts without a time of their own (§10.3)', () => {
  const silent = requestFrom('REGISTER sip:a SIP/2.0', 'Contact: <sip:b>;expires=soon')
  expect(bindingsOf(silent)).toMatchObject({ value: [{ uri: 'sip:b', expiresS: undefined }] })
  const register = requestFrom('REGISTER sip:a SIP/2.0', 'Contact: <sip:b>;expires=60, sip:c', 'Expires: 7200')
  expect(bindingsOf(register)).toMatchObject({ value: [{ expiresS: 60 }, { uri: 'sip:c', expiresS: 7200 }] })
})

test('no Contact: no binding; a wrong one: a fault', () => {
  expect(bindingsOf(requestFrom('REGISTER sip:a SIP/2.0', 'CSeq: 1 REGISTER'))).toEqual({ ok: true, value: [] })
  expect(bindingsOf(requestFrom('REGISTER sip:a SIP/2.0', 'Contact: <sip:b'))).toMatchObject({ ok: false })
})

test('a binding is made for a time, and removed by none (§10.2.1, §10.2.2)', () => {
  expect(registerFields('sip:bob@192.0.2.4', 3600)).toEqual([
    ['Contact', '<sip:bob@192.0.2.4>'],
    ['Expires', '3600'],
  ])
  expect(registerFields('sip:bob@192.0.2.4', 0)[1]).toEqual(['Expires', '0'])
})

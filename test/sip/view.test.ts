import { describe, expect, test } from 'vitest'
import { fieldAt, isKnownPath } from '../../src/sip/view.ts'
import { requestOf, responseOf } from './bytes.ts'

const request = requestOf([
  'INVITE sip:+19876543210@pbx.example.com:5070;transport=udp SIP/2.0',
  'v: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK1;received=198.51.100.7;rport=40000, SIP/2.0/TCP far.example',
  'Max-Forwards: 70',
  'f: "Bell, A" <sip:+46733478561@trunk.example>;tag=1928301774',
  't: <sips:%2B1@[2001:db8::1]:5061;user=phone>',
  'i: a84b4c76e66710@pc33',
  'CSeq: 0314159 INVITE',
  'm: <sip:46733478561@192.0.2.1;did=a1b2>;expires=60;+sip.instance="<urn:uuid:1>", <sip:other@b>',
  'P-Asserted-Identity: tel:+46733478561',
  'Proxy-Authorization: Digest username="u", realm="r r", nonce="n", uri="sip:a@b", response="0", algorithm=MD5',
  'X-Custom: one',
  'X-Custom: two',
])
const response = responseOf([
  'SIP/2.0 401 Unauthorized',
  'WWW-Authenticate: Digest realm="sip.example.net", nonce="n1", qop="auth,auth-int", stale=FALSE',
  'Reason: Q.850;cause=17;text="User busy", SIP;cause=486',
])

describe('typed field paths', () => {
  test.each([
    ['Request-URI', 'sip:+19876543210@pbx.example.com:5070;transport=udp'],
    ['request-uri.user', '+19876543210'],
    ['Request-URI.host', 'pbx.example.com'],
    ['Request-URI.port', '5070'],
    ['Request-URI.scheme', 'sip'],
    ['Request-URI.params.transport', 'udp'],
    ['From', '"Bell, A" <sip:+46733478561@trunk.example>;tag=1928301774'],
    ['From.user', '+46733478561'],
    ['From.host', 'trunk.example'],
    ['From.tag', '1928301774'],
    ['From.displayName', 'Bell, A'],
    ['From.uri', 'sip:+46733478561@trunk.example'],
    ['To.user', '%2B1'],
    ['To.host', '2001:db8::1'],
    ['To.scheme', 'sips'],
    ['To.tag', undefined],
    ['To.params.user', 'phone'],
    ['Contact.params.did', 'a1b2'],
    ['Contact.params.expires', '60'],
    ['contact.params.+sip.instance', '<urn:uuid:1>'],
    ['Call-ID', 'a84b4c76e66710@pc33'],
    ['call-id', 'a84b4c76e66710@pc33'],
    ['i', 'a84b4c76e66710@pc33'],
    ['CSeq', '0314159 INVITE'],
    ['CSeq.seq', '314159'],
    ['CSeq.method', 'INVITE'],
    ['Via.branch', 'z9hG4bK1'],
    ['Via.received', '198.51.100.7'],
    ['Via.rport', '40000'],
    ['Via.host', '192.0.2.1'],
    ['Via.port', '5062'],
    ['Via.transport', 'UDP'],
    ['Via.maddr', undefined],
    ['P-Asserted-Identity.scheme', 'tel'],
    ['P-Asserted-Identity.user', undefined],
    ['Proxy-Authorization.realm', 'r r'],
    ['Proxy-Authorization.algorithm', 'MD5'],
    ['Max-Forwards', '70'],
    ['x-custom', 'one'],
    ['X-Absent', undefined],
    ['Route.user', undefined],
    ['Max-Forwards.value', undefined],
  ])('%s is %j', (path, value) => {
    expect(fieldAt(request, path)).toBe(value)
  })
  test.each([
    ['WWW-Authenticate.realm', 'sip.example.net'],
    ['WWW-Authenticate.qop', 'auth,auth-int'],
    ['WWW-Authenticate.stale', 'FALSE'],
    ['Reason.cause', '17'],
    ['Reason.text', 'User busy'],
    ['Request-URI', undefined],
    ['Request-URI.user', undefined],
    ['Via.branch', undefined],
    ['CSeq.seq', undefined],
    ['To.user', undefined],
    ['Authorization.realm', undefined],
  ])('%s of a response is %j', (path, value) => {
    expect(fieldAt(response, path)).toBe(value)
  })
})

describe('which paths there are', () => {
  test.each([
    'Request-URI',
    'Request-URI.user',
    'To.params.x',
    'Contact.params.did',
    'Via.anything',
    'CSeq.seq',
    'Reason.cause',
    'X-Any',
    'f.user',
  ])('%s is one', (path) => {
    expect(isKnownPath(path)).toBe(true)
  })
  test.each([
    '',
    'To.',
    'To.name',
    'CSeq.number',
    'X-Any.user',
    'Call-ID.host',
    'Request-URI.tag',
    'To.params.',
    'A B',
    'Via.a b',
    '.user',
  ])('%j is none', (path) => {
    expect(isKnownPath(path)).toBe(false)
  })
})

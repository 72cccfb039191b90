import { describe, expect, test } from 'vitest'
import { isSipUri, param, parseHostPort, parseUri, sameUri, serializeUri, showHost } from '../../src/sip/uri.ts'
import { faultOf, valueOf } from './bytes.ts'

describe('SIP and SIPS URIs (RFC 3261 §19.1.1)', () => {
  test('the general form, each part of it', () => {
    expect(
      valueOf(parseUri('sip:alice:secret@Atlanta.example:5070;transport=tcp;lr?subject=a%20b&priority=urgent')),
    ).toEqual({
      scheme: 'sip',
      user: 'alice',
      password: 'secret',
      host: 'Atlanta.example',
      port: 5070,
      params: [{ name: 'transport', value: 'tcp' }, { name: 'lr' }],
      headers: [
        { name: 'subject', value: 'a%20b' },
        { name: 'priority', value: 'urgent' },
      ],
    })
  })
  test.each([
    // §19.1.3
    'sip:alice@atlanta.com',
    'sip:alice:secretword@atlanta.com;transport=tcp',
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sips:1212@gateway.com',
    'sip:alice@192.0.2.4',
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    'sip:alice;day=tuesday@atlanta.com',
    // providers' shapes
    'sip:+46733478561@192.0.2.7:5060;did=a1.b2',
    'sip:%2B46733478561@example.com',
    'sip:a@example.com.:5060;lr=on;x',
    'sip:a@my_pbx',
    'sip:a@3com.example',
  ])('%s is read, and written as it was', (text) => {
    expect(serializeUri(valueOf(parseUri(text)))).toBe(text)
  })
  test('the scheme has no case', () => {
    expect(valueOf(parseUri('SIPS:a@b'))).toMatchObject({ scheme: 'sips', user: 'a' })
  })
  test.each([
    ['', 'uri.scheme at 0'],
    ['alice@atlanta.com', 'uri.scheme at 0'],
    [':a@b', 'uri.scheme at 0'],
    ['<sip:a@b>', 'uri.scheme at 0'],
    ['1sip:a@b', 'uri.scheme at 0'],
    ['sip:', 'uri.host at 4'],
    ['sip:@b', 'uri.user at 4'],
    ['sip:a@', 'uri.host at 6'],
    ['sip:a@b@c', 'uri.host at 6'],
    ['sip:a b@c', 'uri.user at 5'],
    ['sip:a%4@c', 'uri.user at 5'],
    ['sip:a%zz@c', 'uri.user at 5'],
    ['sip:a:p;q@c', 'uri.user at 7'],
    ['sip:a"@c', 'uri.user at 5'],
    ['sip:a#@c', 'uri.user at 5'],
    ['sip:\xe9@c', 'uri.user at 4'],
    ['sip:a@b:', 'uri.port at 7'],
    ['sip:a@b:x', 'uri.port at 7'],
    ['sip:a@b:65536', 'uri.port at 7'],
    ['sip:a@b..c', 'uri.host at 6'],
    ['sip:a@-b', 'uri.host at 6'],
    ['sip:a@b-', 'uri.host at 6'],
    ['sip:a@256.1.1.1', 'uri.host at 6'],
    ['sip:a@1.2.3', 'uri.host at 6'],
    [`sip:a@${'b'.repeat(256)}`, 'uri.host at 6'],
    ['sip:a@b;', 'uri.parameter at 8'],
    ['sip:a@b;;c', 'uri.parameter at 8'],
    ['sip:a@b;c=d=e', 'uri.syntax at 11'],
    ['sip:a@b;c="d"', 'uri.syntax at 10'],
    ['sip:a@b?', 'uri.parameter at 8'],
    ['sip:a@b?c=d&', 'uri.parameter at 12'],
    ['sip:a@b ', 'uri.host at 6'],
    [`sip:a@b${';p'.repeat(65)}`, `uri.too-many at ${8 + 2 * 64}`],
  ])('%j is refused: %s', (text, fault) => {
    expect(faultOf(parseUri(text))).toBe(fault)
  })
})

describe('other URIs', () => {
  test('tel keeps its number (RFC 3966)', () => {
    const uri = valueOf(parseUri('TEL:+1-201-555-0123;phone-context=example.com'))
    expect(uri).toMatchObject({ scheme: 'tel', rest: '+1-201-555-0123;phone-context=example.com' })
    expect(serializeUri(uri)).toBe('TEL:+1-201-555-0123;phone-context=example.com')
    expect(isSipUri(uri)).toBe(false)
  })
  test.each(['soap.beep://192.0.2.103:3002', 'urn:service:sos', 'http://www.example.com/a?b#c', 'name:John_Smith'])(
    '%s is read as a whole',
    (text) => {
      expect(valueOf(parseUri(text))).toEqual({ scheme: 'other', rest: text.slice(text.indexOf(':') + 1), raw: text })
    },
  )
  test.each(['urn:', 'urn:a b', 'urn:a"b', 'u_n:a'])('%j is none', (text) => {
    expect(parseUri(text).ok).toBe(false)
  })
})

describe('IPv6 references (RFC 5118 §4)', () => {
  const target = (text: string) => {
    const uri = valueOf(parseUri(text))
    return isSipUri(uri) ? [uri.host, uri.port] : []
  }
  test.each([
    ['sip:[2001:db8::10]', '2001:db8::10', undefined],
    ['sip:[2001:db8::10:5070]', '2001:db8::10:5070', undefined],
    ['sip:[2001:db8::10]:5070', '2001:db8::10', 5070],
    ['sip:ted@[::ffff:192.0.2.2]', '::ffff:192.0.2.2', undefined],
    ['sip:user@[2001:db8::192.0.2.1]', '2001:db8::192.0.2.1', undefined],
    ['sip:user@[2001:db8:::192.0.2.1]', '2001:db8::192.0.2.1', undefined],
  ])('%s is host %s, port %s', (text, host, port) => {
    expect(target(text)).toEqual([host, port])
  })
  test('the brackets come back', () => {
    expect(serializeUri(valueOf(parseUri('sip:a@[2001:db8::1]:5070;lr')))).toBe('sip:a@[2001:db8::1]:5070;lr')
    expect(showHost('2001:db8::1')).toBe('[2001:db8::1]')
    expect(showHost('192.0.2.1')).toBe('192.0.2.1')
  })
  test.each([
    '2001:db8::10',
    '[2001:db8::10',
    '[192.0.2.1]',
    '[2001:db8::10]x',
    '[2001:db8::10]:',
    '[fe80::1%25eth0]',
    '[]',
    '[::g]',
    '[1::2::3]',
  ])('%s is no host and port', (text) => {
    expect(parseHostPort(text, 0).ok).toBe(false)
  })
})

describe('which URIs are equivalent (RFC 3261 §19.1.4)', () => {
  const same = (a: string, b: string): boolean => {
    const [x, y] = [valueOf(parseUri(a)), valueOf(parseUri(b))]
    expect(sameUri(x, y)).toBe(sameUri(y, x))
    return sameUri(x, y)
  }
  test.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@[2001:DB8::1]', 'sip:a@[2001:db8:0::1]'],
    ['sip:a%2fb@c', 'sip:a%2Fb@c'],
  ])('%s and %s are', (a, b) => {
    expect(same(a, b)).toBe(true)
  })
  test.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a@b', 'sips:a@b'],
    ['sip:a@b', 'sip:b'],
    ['sip:a:p@b', 'sip:a@b'],
    ['sip:a@b;user=phone', 'sip:a@b'],
    ['sip:a@b;maddr=192.0.2.1', 'sip:a@b'],
    ['sip:a%40b@c', 'sip:a%2540b@c'],
    ['sip:a%3Bb@c', 'sip:a;b@c'],
    ['tel:+1', 'sip:+1@a'],
  ])('%s and %s are not', (a, b) => {
    expect(same(a, b)).toBe(false)
  })
})

test('parameter names have no case; a flag is true (§7.3.1)', () => {
  const params = [{ name: 'LR' }, { name: 'Did', value: 'x' }]
  expect([param(params, 'lr'), param(params, 'did'), param(params, 'no')]).toEqual([true, 'x', undefined])
})

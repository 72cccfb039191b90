import { describe, expect, test } from 'vitest'
import { parseVia, serializeVia, viasOf } from '../../../src/sip/fields/via.ts'
import { param } from '../../../src/sip/uri.ts'
import { faultOf, messageOf, valueOf } from '../bytes.ts'

describe('Via (RFC 3261 §20.42)', () => {
  test.each([
    ['SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7', 'erlang.bell-telephone.com', 5060],
    [
      'SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1',
      'first.example.com',
      4000,
    ],
    ['SIP/2.0/TLS\t192.0.2.1 : 5061 ; branch=b', '192.0.2.1', 5061],
    ['SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111', '2001:db8::9:1', 6050], // RFC 5118 §4.7
    ['SIP/2.0/UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111', '::ffff:192.0.2.2', undefined], // RFC 5118 §4.9
    ['SIP/2.0/UNKNOWN t4.example.com', 't4.example.com', undefined], // RFC 4475 §3.1.1.10
  ])('%s', (text, host, port) => {
    const via = valueOf(parseVia(text))
    expect([via.protocol, via.version, via.host, via.port]).toEqual(['SIP', '2.0', host, port])
  })
  test.each(['[2001:db8::9:255]', '2001:db8::9:255'])(
    'received=%s is read, brackets or not (RFC 5118 §4.5)',
    (value) => {
      const via = valueOf(parseVia(`SIP/2.0/UDP [2001:db8::9:1];received=${value};branch=z9hG4bKas3-111`))
      expect(param(via.params, 'received')).toBe(value)
    },
  )
  test('rport asks without a value, and answers with one (RFC 3581 §3)', () => {
    expect(param(valueOf(parseVia('SIP/2.0/UDP a;rport;branch=b')).params, 'rport')).toBe(true)
    expect(param(valueOf(parseVia('SIP/2.0/UDP a;rport=9;branch=b')).params, 'rport')).toBe('9')
  })
  test.each([
    'SIP/2.0/UDP a.example:5060;rport;branch=z9hG4bK1',
    'SIP/2.0/TCP [2001:db8::1]:5060;branch=b',
    'SIP/2.0/UDP a',
  ])('%s is written as it was', (text) => {
    expect(serializeVia(valueOf(parseVia(text)))).toBe(text)
  })
  test.each([
    ['', 'via.syntax'],
    ['SIP/2.0', 'via.syntax'],
    ['SIP/2.0/UDP', 'via.syntax'],
    ['SIP/2.0/UDP ', 'via.sent-by'],
    ['SIP/2.0/UDP/X a', 'via.syntax'],
    ['SIP/2.0 UDP a', 'via.syntax'],
    ['SIP//UDP a', 'via.syntax'],
    ['SIP/2.0/UDP;branch=b', 'via.syntax'],
    ['SIP/2.0/UDP ;branch=b', 'via.sent-by'],
    ['SIP/2.0/UDP a b;branch=b', 'via.sent-by'],
    ['SIP/2.0/UDP p1@visited.net', 'via.sent-by'],
    ['SIP/2.0/UDP 2001:db8::1', 'via.sent-by'],
    ['SIP/2.0/UDP a:99999', 'via.sent-by'],
    ['SIP/2.0/UDP a;branch=', 'parameter.value'],
    ['SIP/2.0/UDP a;;branch=b', 'parameter.name'],
    ['SIP/2.0/UDP a;branch=b;', 'parameter.name'],
  ])('%j is refused: %s', (text, rule) => {
    expect(faultOf(parseVia(text))).toMatch(rule)
  })
})

describe('all Via values of a message', () => {
  test('several in a field and several fields are one list, top first (§7.3.1)', () => {
    const message = messageOf(['A sip:a@b SIP/2.0', 'v: SIP/2.0/UDP a, SIP/2.0/UDP b', 'To: x', 'VIA: SIP/2.0/UDP c'])
    expect(valueOf(viasOf(message)).map(({ host }) => host)).toEqual(['a', 'b', 'c'])
  })
  test('none is a fault', () => {
    expect(faultOf(viasOf(messageOf(['A sip:a@b SIP/2.0'])))).toBe('via.missing at 0')
  })
  test('one that is wrong tells where its field is', () => {
    expect(faultOf(viasOf(messageOf(['A sip:a@b SIP/2.0', 'Via: SIP/2.0/UDP a, b'])))).toBe('via.syntax at 19')
    expect(faultOf(viasOf(messageOf(['A sip:a@b SIP/2.0', 'Via: SIP/2.0/UDP a,'])))).toBe('via.syntax at 19')
  })
})

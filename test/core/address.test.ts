import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endsOfBlock, inCidr, isIpLiteral, normalizeAddress, parseCidr, scopeOf } from '../../src/core/address.ts'

describe('text of an address', () => {
  // RFC 5952 §4 and §5, its own examples.
  for (const [written, canonical] of [
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['0:0:0:0:0:ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.1', '192.0.2.1'],
    ['sip.example.com', 'sip.example.com'],
  ] as const)
    test(`${written} is written ${canonical} (RFC 5952)`, () => {
      expect(normalizeAddress(written)).toBe(canonical)
    })

  for (const text of [
    '192.0.2',
    '192.0.2.256',
    '192.0.2.01',
    '1.2.3.4.5',
    '',
    ' 192.0.2.1',
    '0x7f.0.0.1',
    '[192.0.2.1]',
  ])
    test(`${JSON.stringify(text)} is no IPv4 address`, () => {
      expect(isIpLiteral(text)).toBe(false)
    })

  for (const text of [
    ':',
    ':::',
    '1::2::3',
    '2001:db8',
    '12345::',
    '::1.2.3',
    '1.2.3.4::',
    '1:2:3:4:5:6:7:8:9',
    '::g',
    '%1',
  ])
    test(`${JSON.stringify(text)} is no IPv6 address`, () => {
      expect(isIpLiteral(text)).toBe(false)
    })

  test('agrees with the system on what an address is', () => {
    const piece = fc.constantFrom('0', '1', 'ffff', 'db8', ':', '::', '.', '255', '01', '1.2.3.4', 'g')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(isIpLiteral(text)).toBe(isIP(text) !== 0)
      }),
      { numRuns: 2000 },
    )
  })

  test('agrees with the system on the text of any IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        // The URL standard writes an IPv4 tail in hexadecimal, RFC 5952 §5 does so outside of ::ffff:0:0/96 too.
        const canonical = normalizeAddress(text)
        expect(new URL(`http://[${canonical}]`).hostname).toBe(new URL(`http://[${text}]`).hostname)
        if (!canonical.startsWith('::ffff:')) expect(`[${canonical}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
    )
  })
})

describe('scope of an address', () => {
  for (const [address, scope] of [
    ['10.0.0.5', 'private'],
    ['172.15.255.255', 'public'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['100.63.255.255', 'public'],
    ['100.127.255.255', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['169.254.0.1', 'link-local'],
    ['0.0.0.0', 'unspecified'],
    ['224.2.1.1', 'multicast'],
    ['255.255.255.255', 'private'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.7', 'documentation'],
    ['203.0.113.7', 'documentation'],
    ['198.19.0.1', 'private'],
    ['18.184.175.4', 'public'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['fe80::1%lo', 'link-local'],
    ['febf::1', 'link-local'],
    ['fd00::1', 'private'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['2001:db9::1', 'public'],
    ['[2a00:1450::5]', 'public'],
    ['sip.example.com', 'unspecified'],
  ] as const)
    test(`${address} is ${scope} (RFC 6890)`, () => {
      expect(scopeOf(address)).toBe(scope)
    })
})

describe('blocks of addresses', () => {
  for (const [address, cidr, within] of [
    ['206.146.136.15', '206.146.136.0/28', true],
    ['206.146.136.16', '206.146.136.0/28', false],
    ['206.146.136.129', '206.146.136.128/32', false],
    ['206.146.136.128', '206.146.136.128', true],
    ['8.8.8.8', '0.0.0.0/0', true],
    ['::1', '0.0.0.0/0', false],
    ['2001:db8:1::', '2001:db8::/32', true],
    ['2001:db9::', '2001:db8::/32', false],
    ['fdff::', 'fc00::/7', true],
    ['fe00::', 'fc00::/7', false],
    ['sip.example.com', '0.0.0.0/0', false],
    ['192.0.2.1', '192.0.2.0/33', false],
  ] as const)
    test(`${address} is ${within ? '' : 'not '}in ${cidr} (RFC 4632 §3.1)`, () => {
      expect(inCidr(address, cidr)).toBe(within)
    })

  for (const text of ['192.0.2.0/33', '192.0.2.0/', '192.0.2.0/-1', '::/129', '::/1e1', 'example.com/24', '/24'])
    test(`${text} is no block`, () => {
      expect(parseCidr(text).ok).toBe(false)
    })
})

test.each([
  ['206.146.136.0/28', ['206.146.136.0', '206.146.136.15']],
  ['206.146.136.5/28', ['206.146.136.0', '206.146.136.15']],
  ['18.184.175.4/32', ['18.184.175.4']],
  ['10.0.0.0/7', ['10.0.0.0', '11.255.255.255']],
  ['192.0.2.1', ['192.0.2.1']],
  ['2001:db8::/32', []],
  ['192.0.2.0/33', []],
])('the ends of %s', (block, ends) => {
  expect(endsOfBlock(block)).toEqual(ends)
})

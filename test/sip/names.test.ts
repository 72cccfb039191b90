import { expect, test } from 'vitest'
import { canonicalName } from '../../src/sip/names.ts'

// RFC 3261 §7.3.3 and §20, and the compact forms that later RFCs add.
test.each([
  ['v', 'Via'],
  ['f', 'From'],
  ['t', 'To'],
  ['i', 'Call-ID'],
  ['m', 'Contact'],
  ['c', 'Content-Type'],
  ['l', 'Content-Length'],
  ['e', 'Content-Encoding'],
  ['s', 'Subject'],
  ['k', 'Supported'],
  ['o', 'Event'], // RFC 6665
  ['u', 'Allow-Events'], // RFC 6665
  ['r', 'Refer-To'], // RFC 3515
  ['b', 'Referred-By'], // RFC 3892
  ['x', 'Session-Expires'], // RFC 4028
  ['a', 'Accept-Contact'], // RFC 3841
  ['j', 'Reject-Contact'], // RFC 3841
  ['d', 'Request-Disposition'], // RFC 3841
  ['y', 'Identity'], // RFC 8224
])('%s is short for %s, in either case', (compact, name) => {
  expect([canonicalName(compact), canonicalName(compact.toUpperCase())]).toEqual([name, name])
})

test.each(['CSeq', 'cseq', 'CSEQ', 'cSeQ'])('%s is CSeq: names have no case (§7.3.1)', (raw) => {
  expect(canonicalName(raw)).toBe('CSeq')
})

test.each(['X-Any', 'x-any', '', 'constructor', '__proto__'])('%j is not known, and stays', (raw) => {
  expect(canonicalName(raw)).toBe(raw)
})

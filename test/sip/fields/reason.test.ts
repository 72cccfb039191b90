import { expect, test } from 'vitest'
import { parseReason, reasonsOf } from '../../../src/sip/fields/reason.ts'
import { faultOf, responseOf, valueOf } from '../bytes.ts'

// RFC 3326 §2, and Asterisk and FreeSWITCH as they write it.
test.each([
  [
    'SIP ;cause=200 ;text="Call completed elsewhere"',
    { protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' },
  ],
  ['Q.850 ;cause=16 ;text="Terminated"', { protocol: 'Q.850', cause: 16, text: 'Terminated' }],
  ['Q.850;cause=17', { protocol: 'Q.850', cause: 17 }],
  ['preemption ;cause=1 ;text="UA Preemption"', { protocol: 'preemption', cause: 1, text: 'UA Preemption' }],
  ['Q.850;location=LN;cause=3', { protocol: 'Q.850', cause: 3 }],
  ['SIP', { protocol: 'SIP' }],
])('%s', (text, expected) => {
  expect(valueOf(parseReason(text))).toEqual(expected)
})

test.each([
  ['', 'reason.syntax'],
  ['Q 850;cause=1', 'reason.syntax'],
  ['Q.850;cause', 'reason.cause'],
  ['Q.850;cause=busy', 'reason.cause'],
  ['Q.850;cause="17"', 'reason.cause'],
  ['Q.850;cause=9999999999', 'reason.cause'],
  ['Q.850;;', 'parameter.name'],
])('%j is refused: %s', (text, rule) => {
  expect(faultOf(parseReason(text))).toMatch(rule)
})

test('a message may have one of each protocol, in one field or several (§2); what cannot be read is passed over', () => {
  const lines = ['Reason: SIP;cause=486;text="a, b", Q.850;cause=17', 'Reason: Q.850;cause=x']
  expect(reasonsOf(responseOf(['SIP/2.0 486 Busy Here', ...lines]))).toEqual([
    { protocol: 'SIP', cause: 486, text: 'a, b' },
    { protocol: 'Q.850', cause: 17 },
  ])
})

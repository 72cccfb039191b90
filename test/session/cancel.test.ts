import { expect, test } from 'vitest'
import { cancelFields, cancelMoment } from '../../src/session/cancel.ts'
import { sentInvite } from '../dialog/flow.ts'

test('a CANCEL repeats top Via, Route, From, To, Call-ID and CSeq number of its INVITE, and no more (RFC 3261 §9.1)', () => {
  expect(cancelFields(sentInvite)).toEqual([
    ['Via', 'SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9'],
    ['Route', '<sip:ss1.atlanta.example.com;lr>'],
    ['Max-Forwards', '70'],
    ['From', 'Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl'],
    ['To', 'Bob <sip:bob@biloxi.example.com>'],
    ['Call-ID', '3848276298220188511@atlanta.example.com'],
    ['CSeq', '2 CANCEL'],
  ])
})

test('a CANCEL waits for a provisional response, and is not sent after a final one (§9.1)', () => {
  expect(cancelMoment('calling')).toBe('wait')
  expect(cancelMoment('proceeding')).toBe('now')
  expect((['completed', 'accepted', 'terminated'] as const).map(cancelMoment)).toEqual(['never', 'never', 'never'])
})

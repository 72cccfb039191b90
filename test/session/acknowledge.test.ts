import { expect, test } from 'vitest'
import { dialogOfClient } from '../../src/dialog/dialog.ts'
import { acknowledgement } from '../../src/session/acknowledge.ts'
import { okay, sentInvite } from '../dialog/flow.ts'

test('the ACK to a 2xx: remote target, route set, CSeq number of the INVITE (RFC 3261 §13.2.2.4), its credentials (§22.1)', () => {
  const dialog = dialogOfClient(sentInvite, okay)
  if (!dialog.ok) throw new Error(dialog.fault.rule)
  const ack = acknowledgement(dialog.value, sentInvite, 2)
  expect(ack.requestUri).toBe('sip:bob@client.biloxi.example.com;transport=tcp')
  expect(ack.fields).toEqual([
    ['Route', '<sip:ss1.atlanta.example.com;lr>'],
    ['Route', '<sip:ss2.biloxi.example.com;lr>'],
    ['From', 'Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl'],
    ['To', 'Bob <sip:bob@biloxi.example.com>;tag=314159'],
    ['Call-ID', '3848276298220188511@atlanta.example.com'],
    ['CSeq', '2 ACK'],
    [
      'Proxy-Authorization',
      'Digest username="alice", realm="atlanta.example.com", nonce="wf84f1ceczx41ae6cbe5aea9c8e88d359", opaque="", ' +
        'uri="sip:bob@biloxi.example.com", response="42ce3cef44b22f50c6a6071bc8"',
    ],
  ])
})

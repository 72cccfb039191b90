import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/core/result.ts'
import {
  type Dialog,
  confirmed,
  dialogIdOf,
  dialogOfClient,
  dialogOfServer,
  idOfDialog,
  received,
  refreshed,
} from '../../src/dialog/dialog.ts'
import { requestFrom, responseFrom } from '../support/messages.ts'
import { okay, okayWithoutContact, receivedBye, receivedInvite, ringing, sentBye, sentInvite } from './flow.ts'

const made = (dialog: Result<Dialog>): Dialog => {
  if (!dialog.ok) throw new Error(dialog.fault.rule)
  return dialog.value
}

describe('the dialog of RFC 3665 §3.2', () => {
  test('at the client (RFC 3261 §12.1.2): route set reversed, remote target from Contact', () => {
    expect(made(dialogOfClient(sentInvite, okay))).toEqual({
      role: 'uac',
      phase: 'confirmed',
      callId: '3848276298220188511@atlanta.example.com',
      localTag: '9fxced76sl',
      remoteTag: '314159',
      local: 'Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
      remote: 'Bob <sip:bob@biloxi.example.com>;tag=314159',
      localSeq: 2,
      remoteSeq: undefined,
      remoteTarget: 'sip:bob@client.biloxi.example.com;transport=tcp',
      routeSet: ['<sip:ss1.atlanta.example.com;lr>', '<sip:ss2.biloxi.example.com;lr>'],
    })
  })

  test('at the server (§12.1.1): route set in order, CSeq of the INVITE is remote', () => {
    expect(made(dialogOfServer(receivedInvite, 200, '314159'))).toEqual({
      role: 'uas',
      phase: 'confirmed',
      callId: '3848276298220188511@atlanta.example.com',
      localTag: '314159',
      remoteTag: '9fxced76sl',
      local: 'Bob <sip:bob@biloxi.example.com>;tag=314159',
      remote: 'Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
      localSeq: undefined,
      remoteSeq: 2,
      remoteTarget: 'sip:alice@client.atlanta.example.com;transport=tcp',
      routeSet: ['<sip:ss2.biloxi.example.com;lr>', '<sip:ss1.atlanta.example.com;lr>'],
    })
  })

  test('requests and responses of both sides name one dialog each (§12)', () => {
    const client = made(dialogOfClient(sentInvite, okay))
    expect(dialogIdOf(okay)).toBe(idOfDialog(client))
    expect(dialogIdOf(receivedBye)).toBe(idOfDialog(client))
    expect(dialogIdOf(sentBye)).toBe(idOfDialog(client))
    expect(dialogIdOf(sentInvite)).not.toBe(idOfDialog(client))
  })

  test('a provisional response makes it early, the 2xx confirms it', () => {
    const early = made(dialogOfClient(sentInvite, ringing))
    expect(early.phase).toBe('early')
    expect(confirmed(early, okay)).toEqual(made(dialogOfClient(sentInvite, okay)))
    expect(made(dialogOfServer(receivedInvite, 180, '314159')).phase).toBe('early')
  })
})

test('the 2xx recomputes the route set of an early dialog (§13.2.2.4), and no later one does (§12.2)', () => {
  const early = made(dialogOfClient(sentInvite, ringing))
  const bare = responseFrom(
    'SIP/2.0 200 OK',
    'From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
    'To: Bob <sip:bob@biloxi.example.com>;tag=314159',
    'Call-ID: 3848276298220188511@atlanta.example.com',
    'CSeq: 2 INVITE',
    'Contact: <sip:bob@192.0.2.9>',
  )
  const first = confirmed(early, bare)
  expect(first).toMatchObject({ routeSet: [], remoteTarget: 'sip:bob@192.0.2.9' })
  expect(confirmed({ ...first, routeSet: ['<sip:p.example.com;lr>'] }, okay).routeSet).toEqual([
    '<sip:p.example.com;lr>',
  ])
})

test('a target refresh changes the remote target with all parameters of its URI, and nothing else (§12.2.1.2)', () => {
  const dialog = made(dialogOfServer(receivedInvite, 200, '314159'))
  const refresh = requestFrom(
    'INVITE sip:bob@client.biloxi.example.com SIP/2.0',
    'Record-Route: <sip:other.example.com;lr>',
    'Contact: "Alice, again" <sip:alice@192.0.2.77:5070;did=f1a.2b;transport=udp>;q=0.5',
  )
  expect(refreshed(dialog, refresh)).toEqual({
    ...dialog,
    remoteTarget: 'sip:alice@192.0.2.77:5070;did=f1a.2b;transport=udp',
  })
  expect(refreshed(dialog, receivedBye)).toBe(dialog)
})

test('a response without a Contact leaves the Request-URI as the target, a request without one its From', () => {
  expect(made(dialogOfClient(sentInvite, okayWithoutContact)).remoteTarget).toBe('sip:bob@biloxi.example.com')
  const bare = requestFrom(
    'INVITE sip:bob@192.0.2.4 SIP/2.0',
    'From: <sip:alice@atlanta.example.com>;tag=1',
    'To: <sip:bob@biloxi.example.com>',
    'Call-ID: a',
    'CSeq: 1 INVITE',
  )
  expect(made(dialogOfServer(bare, 200, '2')).remoteTarget).toBe('sip:alice@atlanta.example.com')
})

test('what a peer writes into Record-Route and Contact bends no request of ours: what is no URI is left out', () => {
  const bent = responseFrom(
    'SIP/2.0 200 OK',
    'From: <sip:alice@atlanta.example.com>;tag=1',
    'To: <sip:bob@biloxi.example.com>;tag=2',
    'Call-ID: a',
    'CSeq: 2 INVITE',
    'Contact: *',
    'Record-Route: <sip:p2.example.com;lr>, nonsense, <a b>, <sip:p1.example.com;lr>',
    'Record-Route: \x00\t\x00',
  )
  expect(made(dialogOfClient(sentInvite, bent))).toMatchObject({
    remoteTarget: 'sip:bob@biloxi.example.com',
    routeSet: ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'],
  })
})

test('without a tag of the peer, as RFC 2543 allowed, the remote tag is empty (§12.1.1)', () => {
  const old = requestFrom(
    'INVITE sip:bob@192.0.2.4 SIP/2.0',
    'From: sip:alice@atlanta.example.com',
    'To: sip:bob@biloxi.example.com',
    'Call-ID: a',
    'CSeq: 1 INVITE',
    'Contact: sip:alice@192.0.2.1',
  )
  const dialog = made(dialogOfServer(old, 200, '2'))
  expect(dialog).toMatchObject({ remoteTag: '', local: 'sip:bob@biloxi.example.com;tag=2' })
  const bye = requestFrom(
    'BYE sip:bob@192.0.2.4 SIP/2.0',
    'From: sip:alice@atlanta.example.com',
    'To: sip:bob@biloxi.example.com;tag=2',
    'Call-ID: a',
    'CSeq: 2 BYE',
  )
  expect(dialogIdOf(bye)).toBe(idOfDialog(dialog))
})

describe('sequence numbers of the peer (§12.2.2)', () => {
  const dialog = made(dialogOfServer(receivedInvite, 200, '314159'))
  const withSeq = (seq: number) => requestFrom('INFO sip:bob@192.0.2.4 SIP/2.0', `CSeq: ${seq} INFO`)

  test('a higher one is kept, with gaps', () => {
    expect(received(dialog, withSeq(9))?.remoteSeq).toBe(9)
  })

  test('a lower one is out of order', () => {
    expect(received(dialog, withSeq(1))).toBeUndefined()
  })

  test('where there was none, any is good', () => {
    expect(received({ ...dialog, remoteSeq: undefined }, withSeq(0))?.remoteSeq).toBe(0)
  })
})

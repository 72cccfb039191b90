import { describe, expect, test } from 'vitest'
import type { Result } from '../../src/core/result.ts'
import { type Dialog, dialogOfClient, dialogOfServer } from '../../src/dialog/dialog.ts'
import { nextSequence, requestInDialog } from '../../src/dialog/request.ts'
import { splitCommas } from '../../src/sip/commas.ts'
import { type FieldDraft, type Request, fieldsNamed } from '../../src/sip/message.ts'
import { requestFrom } from '../support/messages.ts'
import { okay, receivedInvite, sentAck, sentBye, sentInvite } from './flow.ts'

const made = (dialog: Result<Dialog>): Dialog => {
  if (!dialog.ok) throw new Error(dialog.fault.rule)
  return dialog.value
}

/** Values of the fields that a dialog gives, comma lists taken apart. */
const valuesOf = (request: Request): readonly FieldDraft[] =>
  ['Route', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
    fieldsNamed(request, name).flatMap(({ value }) =>
      (name === 'Route' ? splitCommas(value) : [value]).map((each) => [name, each] as const),
    ),
  )

describe('through loose routers, as RFC 3665 §3.2 writes it', () => {
  test('the ACK of Alice', () => {
    const inDialog = requestInDialog(made(dialogOfClient(sentInvite, okay)), 'ACK', 2)
    expect(inDialog.fields).toEqual(valuesOf(sentAck))
    // The example leaves out `;transport=tcp` of Bob's Contact, against RFC 3261 §12.2.1.1.
    expect(inDialog.requestUri).toBe(`${sentAck.requestUri};transport=tcp`)
    expect(inDialog.nextHop).toBe('sip:ss1.atlanta.example.com;lr')
  })

  test('the BYE of Bob, whose sequence numbers are his own', () => {
    const dialog = nextSequence(made(dialogOfServer(receivedInvite, 200, '314159')), 1)
    const inDialog = requestInDialog(dialog, 'BYE', dialog.localSeq)
    expect(inDialog.fields).toEqual(valuesOf(sentBye))
    expect(inDialog.nextHop).toBe('sip:ss2.biloxi.example.com;lr')
  })
})

describe('through strict routers (RFC 3261 §16.12.1.2)', () => {
  const recordRoutes = [
    'Record-Route: <sip:p4.domain.com;lr>',
    'Record-Route: <sip:p3.middle.com>',
    'Record-Route: <sip:p2.example.com;lr>',
    'Record-Route: <sip:p1.example.com;lr>',
  ]
  const inviteThrough = (routes: readonly string[]) =>
    requestFrom(
      'INVITE sip:callee@u2.domain.com SIP/2.0',
      'From: <sip:caller@example.com>;tag=1',
      'To: <sip:callee@domain.com>',
      'Call-ID: a',
      'CSeq: 1 INVITE',
      'Contact: sip:caller@u1.example.com',
      ...routes,
    )
  const routesOf = (fields: readonly FieldDraft[]) => fields.filter(([name]) => name === 'Route').map(([, uri]) => uri)

  test('a first route with lr keeps the remote target in the Request-URI', () => {
    const bye = requestInDialog(made(dialogOfServer(inviteThrough(recordRoutes), 200, '2')), 'BYE', 1)
    expect(bye.requestUri).toBe('sip:caller@u1.example.com')
    expect(bye.nextHop).toBe('sip:p4.domain.com;lr')
    expect(routesOf(bye.fields)).toEqual([
      '<sip:p4.domain.com;lr>',
      '<sip:p3.middle.com>',
      '<sip:p2.example.com;lr>',
      '<sip:p1.example.com;lr>',
    ])
  })

  test('a first route without lr goes into the Request-URI, the remote target last into Route', () => {
    const bye = requestInDialog(made(dialogOfServer(inviteThrough(recordRoutes.slice(1)), 200, '2')), 'BYE', 1)
    expect(bye.requestUri).toBe('sip:p3.middle.com')
    expect(bye.nextHop).toBe('sip:p3.middle.com')
    expect(routesOf(bye.fields)).toEqual([
      '<sip:p2.example.com;lr>',
      '<sip:p1.example.com;lr>',
      '<sip:caller@u1.example.com>',
    ])
  })

  test('what a Request-URI may not have is removed from that route (§12.2.1.1)', () => {
    const strict = inviteThrough(['Record-Route: <sip:p3.middle.com;method=INVITE;x=1?Subject=a>'])
    expect(requestInDialog(made(dialogOfServer(strict, 200, '2')), 'BYE', 1).requestUri).toBe('sip:p3.middle.com;x=1')
  })
})

describe('without routes', () => {
  const dialog = { ...made(dialogOfServer(receivedInvite, 200, '314159')), routeSet: [] }

  test('the remote target is Request-URI and next hop, with all parameters as they stood', () => {
    const remoteTarget = 'sip:+46733478561@192.0.2.9:5062;did=F1a.2b;transport=UDP;lr'
    const { requestUri, nextHop, fields } = requestInDialog({ ...dialog, remoteTarget }, 'BYE', 7)
    expect({ requestUri, nextHop }).toEqual({ requestUri: remoteTarget, nextHop: remoteTarget })
    expect(fields.map(([name]) => name)).toEqual(['From', 'To', 'Call-ID', 'CSeq'])
    expect(fields.at(-1)).toEqual(['CSeq', '7 BYE'])
  })

  test('`lr=on` makes a loose router too', () => {
    const routeSet = ['<sip:192.0.2.9;lr=on>']
    expect(requestInDialog({ ...dialog, routeSet }, 'BYE', 1).requestUri).toBe(dialog.remoteTarget)
  })

  test('the next sequence number is one more, or the first given', () => {
    expect(nextSequence(dialog, 1).localSeq).toBe(1)
    expect(nextSequence({ ...dialog, localSeq: 41 }, 1).localSeq).toBe(42)
  })
})

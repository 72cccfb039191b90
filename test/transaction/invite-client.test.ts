import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latin1 } from '../../src/sip/text.ts'
import { type ClientEvent, startInviteClient, stepInviteClient } from '../../src/transaction/invite-client.ts'
import type { TimerName } from '../../src/transaction/machine.ts'
import { requestFrom } from '../support/messages.ts'
import { invite, leftArmed, responseOf, timers, walk } from './show.ts'

const response = (status: number): ClientEvent => ({ type: 'response', response: responseOf(status) })
const timer = (name: TimerName): ClientEvent => ({ type: 'timer', timer: name })
const transportError: ClientEvent = { type: 'transport-error' }

const rows = (...events: ClientEvent[]): readonly string[] =>
  walk(startInviteClient(invite.wire, timers, false), stepInviteClient, events).rows

describe('INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 figure 5)', () => {
  test('Calling is entered with the request: A is T1, B is 64*T1', () => {
    expect(rows()).toEqual(['calling | send request | arm A 500 | arm B 32000'])
  })

  test('T1 is an argument of timers A, B, D and M', () => {
    const quick = { t1Ms: 1000, t2Ms: 4000, t4Ms: 5000 }
    const start = startInviteClient(invite.wire, quick, false)
    expect(walk(start, stepInviteClient, [response(200)]).rows).toEqual([
      'calling | send request | arm A 1000 | arm B 64000',
      'accepted | disarm A | disarm B | arm M 64000 | deliver 200',
    ])
    expect(walk(start, stepInviteClient, [response(500)]).rows[1]).toContain('arm D 64000')
  })

  test('Calling, timer A: retransmits, and A doubles without a cap', () => {
    expect(rows(...Array.from({ length: 6 }, () => timer('A'))).slice(1)).toEqual([
      'calling | send request again | arm A 1000',
      'calling | send request again | arm A 2000',
      'calling | send request again | arm A 4000',
      'calling | send request again | arm A 8000',
      'calling | send request again | arm A 16000',
      'calling | send request again | arm A 32000',
    ])
  })

  test('Calling, timer B: the user hears of the timeout, no ACK', () => {
    expect(rows(timer('B'))[1]).toBe('terminated | disarm A | timeout | terminated')
  })

  test('Calling, transport error: the user is told', () => {
    expect(rows(transportError)[1]).toBe('terminated | disarm A | disarm B | unreachable | terminated')
  })

  test('Calling, 1xx: Proceeding, to the user, A and B are over', () => {
    expect(rows(response(100), response(180)).slice(1)).toEqual([
      'proceeding | disarm A | disarm B | deliver 100',
      'proceeding | disarm A | disarm B | deliver 180',
    ])
  })

  test('Proceeding, timers A and B that come late do nothing', () => {
    expect(rows(response(100), timer('A'), timer('B')).slice(2)).toEqual(['proceeding', 'proceeding'])
  })

  test('Proceeding, transport error: the user is told', () => {
    expect(rows(response(180), transportError)[2]).toBe('terminated | disarm A | disarm B | unreachable | terminated')
  })

  test.each([300, 404, 486, 503, 603])('Calling and Proceeding, %i: Completed, ACK sent, D is 32 s', (status) => {
    const completed = `completed | disarm A | disarm B | send ack | arm D 32000 | deliver ${status}`
    expect(rows(response(status))[1]).toBe(completed)
    expect(rows(response(180), response(status))[2]).toBe(completed)
  })

  test('timer D is at least 32 s, however short T1 is (RFC 6026 §8.4)', () => {
    const start = startInviteClient(invite.wire, { t1Ms: 100, t2Ms: 800, t4Ms: 1000 }, false)
    expect(walk(start, stepInviteClient, [response(486)]).rows[1]).toContain('arm D 32000')
  })

  test('Completed, the response again: the ACK again, nothing to the user; 1xx and 2xx are dropped', () => {
    expect(rows(response(486), response(486), response(180), response(200)).slice(2)).toEqual([
      'completed | send ack again',
      'completed',
      'completed',
    ])
  })

  test('Completed, timer D: terminated', () => {
    expect(rows(response(486), timer('D'))[2]).toBe('terminated | terminated')
  })

  test('Completed, transport error of the ACK: the user is told', () => {
    expect(rows(response(486), transportError)[2]).toBe('terminated | disarm D | unreachable | terminated')
  })

  test('Calling and Proceeding, 2xx: Accepted, M is 64*T1, no ACK of the transaction (RFC 6026 §7.2)', () => {
    const accepted = 'accepted | disarm A | disarm B | arm M 32000 | deliver 200'
    expect(rows(response(200))[1]).toBe(accepted)
    expect(rows(response(183), response(200))[2]).toBe(accepted)
  })

  test('Accepted, 2xx again: to the user each time; anything else is dropped (RFC 6026 §8.4)', () => {
    expect(rows(response(200), response(200), response(486), response(180), transportError).slice(2)).toEqual([
      'accepted | deliver 200',
      'accepted',
      'accepted',
      'accepted',
    ])
  })

  test('Accepted, timer M: terminated', () => {
    expect(rows(response(200), timer('M'))[2]).toBe('terminated | terminated')
  })

  test('Terminated: nothing moves it', () => {
    expect(rows(timer('B'), response(200), timer('A'), transportError).slice(2)).toEqual([
      'terminated',
      'terminated',
      'terminated',
    ])
  })

  test('the ACK is that of RFC 3261 §17.1.1.3', () => {
    const { state } = walk(startInviteClient(invite.wire, timers, false), stepInviteClient, [response(404)])
    expect(latin1(state.ack ?? new Uint8Array()).split('\r\n')).toEqual([
      'ACK sip:bob@biloxi.com SIP/2.0',
      'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff',
      'Max-Forwards: 70',
      'From: Alice <sip:alice@atlanta.com>;tag=88sja8x',
      'To: Bob <sip:bob@biloxi.com>;tag=99sa0xk',
      'Call-ID: 987asjd97y7atg',
      'CSeq: 986759 ACK',
      'Content-Length: 0',
      '',
      '',
    ])
  })

  test('the ACK repeats the Route of the INVITE, and only its top Via (§17.1.1.3)', () => {
    const routed = requestFrom(
      'INVITE sip:bob@biloxi.com SIP/2.0',
      'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8',
      'Route: <sip:p1.example.com;lr>',
      'Route: <sip:p2.example.com;lr=on>',
      'To: <sip:bob@biloxi.com>',
      'From: <sip:alice@atlanta.com>;tag=1',
      'Call-ID: a',
      'CSeq: 1 INVITE',
    )
    const { state } = walk(startInviteClient(routed.wire, timers, false), stepInviteClient, [response(404)])
    const lines = latin1(state.ack ?? new Uint8Array()).split('\r\n')
    expect(lines.filter((line) => line.startsWith('Route'))).toEqual([
      'Route: <sip:p1.example.com;lr>',
      'Route: <sip:p2.example.com;lr=on>',
    ])
    expect(lines.filter((line) => line.startsWith('Via'))).toHaveLength(1)
  })

  test('a transaction that is over has no timer armed', () => {
    const events = fc.array(
      fc.oneof(
        fc.constantFrom(100, 180, 200, 486).map(response),
        fc.constantFrom<TimerName>('A', 'B', 'D', 'M').map(timer),
        fc.constant(transportError),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(events, (list) => {
        const start = startInviteClient(invite.wire, timers, false)
        const ended = [...list, timer('B'), timer('D'), timer('M')]
        const left = leftArmed(start, stepInviteClient, ended)
        // Proceeding waits for the user: it has no timer either.
        expect(left).toEqual([])
      }),
    )
  })
})

describe('over a reliable transport (RFC 3261 §17.1.1.2)', () => {
  const over = (...events: ClientEvent[]): readonly string[] =>
    walk(startInviteClient(invite.wire, timers, true), stepInviteClient, events).rows

  test('timer A is not set', () => {
    expect(over()).toEqual(['calling | send request | arm B 32000'])
  })

  test('timer D is 0: no response comes twice', () => {
    expect(over(response(486))[1]).toContain('arm D 0')
  })
})

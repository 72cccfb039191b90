import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ServerEvent, startInviteServer, stepInviteServer } from '../../src/transaction/invite-server.ts'
import type { TimerName, Timers } from '../../src/transaction/machine.ts'
import { invite, leftArmed, requestOf, responseOf, timers, walk } from './show.ts'

const trying = responseOf(100).wire
const again: ServerEvent = { type: 'request', request: invite }
const ack: ServerEvent = { type: 'request', request: requestOf('ACK') }
const respond = (status: number): ServerEvent => ({ type: 'respond', status, bytes: responseOf(status).wire })
const timer = (name: TimerName): ServerEvent => ({ type: 'timer', timer: name })
const transportError: ServerEvent = { type: 'transport-error' }

const start = (of: Timers = timers) => startInviteServer(invite, trying, of, false)
const rows = (...events: ServerEvent[]): readonly string[] => walk(start(), stepInviteServer, events).rows

describe('INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 figure 7)', () => {
  test('Proceeding is entered with the INVITE, which goes to the user; 100 is due after 200 ms', () => {
    expect(rows()).toEqual(['proceeding | arm 100 200 | deliver INVITE'])
  })

  test('with a short T1 the 100 is due before the first retransmission', () => {
    expect(walk(start({ t1Ms: 100, t2Ms: 800, t4Ms: 1000 }), stepInviteServer, []).rows).toEqual([
      'proceeding | arm 100 40 | deliver INVITE',
    ])
  })

  test('Proceeding, 200 ms without a word of the user: 100 Trying', () => {
    expect(rows(timer('100'), again).slice(1)).toEqual(['proceeding | send trying', 'proceeding | send response again'])
  })

  test('Proceeding, a provisional response of the user goes out, and 100 is not due any more', () => {
    expect(rows(respond(180), timer('100'), respond(183)).slice(1)).toEqual([
      'proceeding | disarm 100 | send response',
      'proceeding',
      'proceeding | disarm 100 | send response',
    ])
  })

  test('Proceeding, the INVITE again: the last provisional response again, if there is one', () => {
    expect(rows(again, respond(180), again).slice(1)).toEqual([
      'proceeding',
      'proceeding | disarm 100 | send response',
      'proceeding | send response again',
    ])
  })

  test('Proceeding, transport error: the user is told, the state stays (RFC 6026 §8.8)', () => {
    expect(rows(respond(180), transportError)[2]).toBe('proceeding | unreachable')
  })

  test.each([300, 486, 600])('Proceeding, %i of the user: Completed, G is T1, H is 64*T1', (status) => {
    expect(rows(respond(status))[1]).toBe('completed | disarm 100 | send response | arm G 500 | arm H 32000')
  })

  test('Completed, timer G: the response again, G doubles up to T2', () => {
    expect(rows(respond(486), ...Array.from({ length: 5 }, () => timer('G'))).slice(2)).toEqual([
      'completed | send response again | arm G 1000',
      'completed | send response again | arm G 2000',
      'completed | send response again | arm G 4000',
      'completed | send response again | arm G 4000',
      'completed | send response again | arm G 4000',
    ])
  })

  test('Completed, the INVITE again: the response again', () => {
    expect(rows(respond(486), again)[2]).toBe('completed | send response again')
  })

  test('Completed, another response of the user is dropped', () => {
    expect(rows(respond(486), respond(200))[2]).toBe('completed')
  })

  test('Completed, timer H: no ACK came', () => {
    expect(rows(respond(486), timer('H'))[2]).toBe('terminated | disarm G | ack-missing | terminated')
  })

  test('Completed, transport error: the user is told, the state stays (RFC 6026 §8.8)', () => {
    expect(rows(respond(486), transportError)[2]).toBe('completed | unreachable')
  })

  test('Completed, ACK: Confirmed, I is T4; Confirmed absorbs ACKs until timer I', () => {
    expect(rows(respond(486), ack, ack, again, transportError, timer('I')).slice(2)).toEqual([
      'confirmed | disarm G | disarm H | arm I 5000',
      'confirmed',
      'confirmed',
      'confirmed',
      'terminated | terminated',
    ])
  })

  test('Proceeding, 2xx of the user: Accepted, L is 64*T1 (RFC 6026 §7.1)', () => {
    expect(rows(respond(200))[1]).toBe('accepted | disarm 100 | send response | arm L 32000')
  })

  test('Accepted: INVITEs are absorbed, ACKs and 2xx of the user pass, others do not (RFC 6026 §8.7)', () => {
    expect(rows(respond(200), again, ack, respond(200), respond(486), timer('G')).slice(2)).toEqual([
      'accepted',
      'accepted | deliver ACK',
      'accepted | send response again',
      'accepted',
      'accepted',
    ])
  })

  test('Accepted, transport error: the user is told, the state stays', () => {
    expect(rows(respond(200), transportError)[2]).toBe('accepted | unreachable')
  })

  test('Accepted, timer L: terminated, and nothing moves it', () => {
    expect(rows(respond(200), timer('L'), again, transportError).slice(2)).toEqual([
      'terminated | terminated',
      'terminated',
      'terminated',
    ])
  })

  test('T1, T2 and T4 are arguments of timers G, H, I and L', () => {
    const quick = { t1Ms: 100, t2Ms: 150, t4Ms: 70 }
    expect(walk(start(quick), stepInviteServer, [respond(486), timer('G'), ack]).rows.slice(1)).toEqual([
      'completed | disarm 100 | send response | arm G 100 | arm H 6400',
      'completed | send response again | arm G 150',
      'confirmed | disarm G | disarm H | arm I 70',
    ])
    expect(walk(start(quick), stepInviteServer, [respond(200)]).rows[1]).toContain('arm L 6400')
  })

  test('a transaction that is over has no timer armed', () => {
    const events = fc.array(
      fc.oneof(
        fc.constantFrom(180, 200, 486).map(respond),
        fc.constantFrom<TimerName>('100', 'G', 'H', 'I', 'L').map(timer),
        fc.constantFrom(again, ack, transportError),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(events, (list) => {
        const ended = [...list, respond(486), timer('H'), timer('I'), timer('L')]
        expect(leftArmed(start(), stepInviteServer, ended)).toEqual([])
      }),
    )
  })
})

describe('over a reliable transport (RFC 3261 §17.2.1)', () => {
  test('timer G is not set, and I is 0', () => {
    const refused: ServerEvent = { type: 'respond', status: 486, bytes: responseOf(486).wire }
    const acked: ServerEvent = { type: 'request', request: requestOf('ACK') }
    const { rows: told } = walk(startInviteServer(invite, trying, timers, true), stepInviteServer, [refused, acked])
    expect(told[1]).toContain('send response | arm H 32000')
    expect(told[2]).toContain('arm I 0')
  })
})

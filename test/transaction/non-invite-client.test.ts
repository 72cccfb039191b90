import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClientEvent } from '../../src/transaction/invite-client.ts'
import type { TimerName } from '../../src/transaction/machine.ts'
import { startNonInviteClient, stepNonInviteClient } from '../../src/transaction/non-invite-client.ts'
import { leftArmed, requestOf, responseOf, timers, walk } from './show.ts'

const options = requestOf('OPTIONS')
const response = (status: number): ClientEvent => ({ type: 'response', response: responseOf(status, 'OPTIONS') })
const timer = (name: TimerName): ClientEvent => ({ type: 'timer', timer: name })
const transportError: ClientEvent = { type: 'transport-error' }

const rows = (...events: ClientEvent[]): readonly string[] =>
  walk(startNonInviteClient(options.wire, timers, false), stepNonInviteClient, events).rows

describe('non-INVITE client transaction (RFC 3261 §17.1.2, figure 6)', () => {
  test('Trying is entered with the request: E is T1, F is 64*T1', () => {
    expect(rows()).toEqual(['trying | send request | arm E 500 | arm F 32000'])
  })

  test('Trying, timer E: retransmits, E doubles up to T2', () => {
    expect(rows(...Array.from({ length: 5 }, () => timer('E'))).slice(1)).toEqual([
      'trying | send request again | arm E 1000',
      'trying | send request again | arm E 2000',
      'trying | send request again | arm E 4000',
      'trying | send request again | arm E 4000',
      'trying | send request again | arm E 4000',
    ])
  })

  test('Trying and Proceeding, timer F: the user hears of the timeout', () => {
    expect(rows(timer('F'))[1]).toBe('terminated | disarm E | timeout | terminated')
    expect(rows(response(100), timer('F'))[2]).toBe('terminated | disarm E | timeout | terminated')
  })

  test('Trying and Proceeding, transport error: the user is told', () => {
    const over = 'terminated | disarm E | disarm F | unreachable | terminated'
    expect(rows(transportError)[1]).toBe(over)
    expect(rows(response(100), transportError)[2]).toBe(over)
  })

  test('Trying, 1xx: Proceeding, to the user', () => {
    expect(rows(response(100), response(180)).slice(1)).toEqual([
      'proceeding | deliver 100',
      'proceeding | deliver 180',
    ])
  })

  test('Proceeding, timer E: retransmits every T2', () => {
    expect(rows(response(100), timer('E'), timer('E')).slice(2)).toEqual([
      'proceeding | send request again | arm E 4000',
      'proceeding | send request again | arm E 4000',
    ])
  })

  test.each([200, 302, 401, 503, 600])('Trying and Proceeding, %i: Completed, to the user, K is T4', (status) => {
    const completed = `completed | disarm E | disarm F | arm K 5000 | deliver ${status}`
    expect(rows(response(status))[1]).toBe(completed)
    expect(rows(response(100), response(status))[2]).toBe(completed)
  })

  test('Completed: responses are absorbed, timer K ends it', () => {
    expect(rows(response(200), response(200), transportError, timer('E'), timer('K')).slice(2)).toEqual([
      'completed',
      'completed',
      'completed',
      'terminated | terminated',
    ])
  })

  test('T1, T2 and T4 are arguments', () => {
    const quick = { t1Ms: 100, t2Ms: 300, t4Ms: 70 }
    const start = startNonInviteClient(options.wire, quick, false)
    expect(walk(start, stepNonInviteClient, [timer('E'), timer('E'), response(200)]).rows).toEqual([
      'trying | send request | arm E 100 | arm F 6400',
      'trying | send request again | arm E 200',
      'trying | send request again | arm E 300',
      'completed | disarm E | disarm F | arm K 70 | deliver 200',
    ])
  })

  test('Terminated: nothing moves it', () => {
    expect(rows(timer('F'), response(200), timer('K')).slice(2)).toEqual(['terminated', 'terminated'])
  })

  test('a transaction that is over has no timer armed', () => {
    const events = fc.array(
      fc.oneof(
        fc.constantFrom(100, 200, 486).map(response),
        fc.constantFrom<TimerName>('E', 'F', 'K').map(timer),
        fc.constant(transportError),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(events, (list) => {
        const start = startNonInviteClient(options.wire, timers, false)
        expect(leftArmed(start, stepNonInviteClient, [...list, timer('F'), timer('K')])).toEqual([])
      }),
    )
  })
})

describe('over a reliable transport (RFC 3261 §17.1.2.2)', () => {
  test('timer E is not set, and K is 0', () => {
    const final: ClientEvent = { type: 'response', response: responseOf(200, 'OPTIONS') }
    expect(walk(startNonInviteClient(options.wire, timers, true), stepNonInviteClient, [final]).rows).toEqual([
      'trying | send request | arm F 32000',
      'completed | disarm E | disarm F | arm K 0 | deliver 200',
    ])
  })
})

import { describe, expect, test } from 'vitest'
import type { ServerEvent } from '../../src/transaction/invite-server.ts'
import type { TimerName } from '../../src/transaction/machine.ts'
import { startNonInviteServer, stepNonInviteServer } from '../../src/transaction/non-invite-server.ts'
import { requestOf, responseOf, timers, walk } from './show.ts'

const bye = requestOf('BYE')
const again: ServerEvent = { type: 'request', request: bye }
const respond = (status: number): ServerEvent => ({ type: 'respond', status, bytes: responseOf(status, 'BYE').wire })
const timer = (name: TimerName): ServerEvent => ({ type: 'timer', timer: name })
const transportError: ServerEvent = { type: 'transport-error' }

const rows = (...events: ServerEvent[]): readonly string[] =>
  walk(startNonInviteServer(bye, timers, false), stepNonInviteServer, events).rows

describe('non-INVITE server transaction (RFC 3261 §17.2.2, figure 8)', () => {
  test('Trying is entered with the request, which goes to the user; no 100 is made', () => {
    expect(rows()).toEqual(['trying | deliver BYE'])
  })

  test('Trying: the request again is discarded', () => {
    expect(rows(again)[1]).toBe('trying')
  })

  test('Trying and Proceeding, 1xx of the user: Proceeding, sent', () => {
    expect(rows(respond(100), respond(182)).slice(1)).toEqual([
      'proceeding | send response',
      'proceeding | send response',
    ])
  })

  test('Proceeding, the request again: the last response again', () => {
    expect(rows(respond(100), again)[2]).toBe('proceeding | send response again')
  })

  test.each([200, 404, 603])('Trying and Proceeding, %i of the user: Completed, J is 64*T1', (status) => {
    expect(rows(respond(status))[1]).toBe('completed | send response | arm J 32000')
    expect(rows(respond(100), respond(status))[2]).toBe('completed | send response | arm J 32000')
  })

  test('Completed: the request again gets the response again, another final response is discarded', () => {
    expect(rows(respond(200), again, respond(500), again).slice(2)).toEqual([
      'completed | send response again',
      'completed',
      'completed | send response again',
    ])
  })

  test('Completed, timer J: terminated, and nothing moves it', () => {
    expect(rows(respond(200), timer('J'), again, respond(200)).slice(2)).toEqual([
      'terminated | terminated',
      'terminated',
      'terminated',
    ])
  })

  test('transport error: the user is told, the state stays (RFC 6026 §8.8)', () => {
    expect(rows(transportError, respond(100), transportError, respond(200), transportError).slice(1)).toEqual([
      'trying',
      'proceeding | send response',
      'proceeding | unreachable',
      'completed | send response | arm J 32000',
      'completed | unreachable',
    ])
  })

  test('T1 is an argument of timer J', () => {
    const start = startNonInviteServer(bye, { t1Ms: 100, t2Ms: 800, t4Ms: 1000 }, false)
    expect(walk(start, stepNonInviteServer, [respond(200)]).rows[1]).toBe('completed | send response | arm J 6400')
  })
})

describe('over a reliable transport (RFC 3261 §17.2.2)', () => {
  test('timer J is 0', () => {
    const { rows: told } = walk(startNonInviteServer(bye, timers, true), stepNonInviteServer, [respond(200)])
    expect(told[1]).toBe('completed | send response | arm J 0')
  })
})

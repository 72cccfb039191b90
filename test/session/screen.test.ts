import { describe, expect, test } from 'vitest'
import { type Surroundings, refusalOf } from '../../src/session/screen.ts'
import { requestFrom } from '../support/messages.ts'

const allow = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']
const plain: Surroundings = {
  allow,
  dialog: 'none',
  merged: false,
  late: false,
  pendingInvite: 'none',
  unreadable: false,
}
const request = (method: string, ...more: readonly string[]) =>
  requestFrom(`${method} sip:bob@192.0.2.4 SIP/2.0`, `CSeq: 2 ${method}`, ...more)

describe('what a user agent server refuses by itself', () => {
  test('nothing that is in order', () => {
    expect(refusalOf(request('INVITE'), plain)).toBeUndefined()
    expect(refusalOf(request('BYE'), { ...plain, dialog: 'known' })).toBeUndefined()
    expect(refusalOf(request('INVITE', 'Supported: 100rel, timer'), plain)).toBeUndefined()
  })

  test('a method that it does not know: 405 with Allow (RFC 3261 §8.2.1)', () => {
    expect(refusalOf(request('PUBLISH'), plain)).toEqual({
      status: 405,
      fields: [['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS']],
    })
  })

  test('another version of SIP: 505, whatever it asks for (§21.5.6)', () => {
    const version = (of: string) => requestFrom(`PUBLISH sip:bob@192.0.2.4 ${of}`, 'CSeq: 2 PUBLISH')
    expect(refusalOf(version('SIP/7.0'), plain)?.status).toBe(505)
    expect(refusalOf(version('sip/2.0'), plain)?.status).toBe(405)
  })

  test('methods are compared with their case (§7.1)', () => {
    expect(refusalOf(request('invite'), plain)?.status).toBe(405)
  })

  test('an INVITE of which no dialog can be made: 400 (§21.4.1)', () => {
    expect(refusalOf(request('INVITE'), { ...plain, unreadable: true })?.status).toBe(400)
  })

  test('a dialog that it does not know: 481 (§12.2.2)', () => {
    expect(refusalOf(request('BYE'), { ...plain, dialog: 'unknown' })?.status).toBe(481)
  })

  test('a request that merged with one that it is handling: 482 (§8.2.2.2)', () => {
    expect(refusalOf(request('INVITE'), { ...plain, merged: true })?.status).toBe(482)
    expect(refusalOf(request('INVITE'), { ...plain, merged: true, dialog: 'known' })).toBeUndefined()
  })

  test('extensions that it must understand and does not: 420 with Unsupported (§8.2.2.3)', () => {
    expect(refusalOf(request('INVITE', 'Require: 100rel', 'Require: timer,  join'), plain)).toEqual({
      status: 420,
      fields: [['Unsupported', '100rel, timer, join']],
    })
  })

  test('a sequence number lower than the last in the dialog: 500 (§12.2.2)', () => {
    expect(refusalOf(request('BYE'), { ...plain, dialog: 'known', late: true })?.status).toBe(500)
  })

  test('an INVITE before the last is answered: 500 with Retry-After (§14.2)', () => {
    const around: Surroundings = { ...plain, dialog: 'known', pendingInvite: 'theirs' }
    expect(refusalOf(request('INVITE'), around)).toEqual({ status: 500, fields: [['Retry-After', '1']] })
    expect(refusalOf(request('BYE'), around)).toBeUndefined()
  })

  test('an INVITE that meets one of ours: 491 (§14.2)', () => {
    const around: Surroundings = { ...plain, dialog: 'known', pendingInvite: 'ours' }
    expect(refusalOf(request('INVITE'), around)?.status).toBe(491)
  })
})

import {
  answer,
  challenge,
  credentials,
  dialogOf,
  hangUp,
  media,
  negotiate,
  offer,
  ping,
  register,
  setUp,
} from './flows.ts'
import { type Say, sdpOf, talk } from '../cause-flow.ts'
import type { HealthyCapture } from './healthy-media.ts'

const expires = (interval: number): Say => ({ fields: [`Session-Expires: ${interval};refresher=uac`] })
const asks = (nonce: string): Say => ({
  fields: [`WWW-Authenticate: Digest realm="sip.example.com", nonce="${nonce}"`],
})
const own = (nonce: string): Say => credentials(nonce, 'sip.example.com', 'Authorization')

/** What goes on beside the set-up of calls. */
export const healthyTransactions: readonly HealthyCapture[] = [
  {
    name: 'refreshed-by-update',
    shows: 'Session-Expires: 90, refreshed by UPDATE, and hung up when the first interval would have ended',
    write: (tape) => {
      const answered = setUp(tape, { ok: expires(90) })
      tape.pass(45_000)
      const { dialog } = answered
      dialog.respond(dialog.request('pbx', 'UPDATE', expires(90)), '200 OK', expires(90))
      tape.pass(43_000)
      hangUp(answered, 'trunk')
    },
  },
  {
    name: 'refreshed-by-invite',
    shows: 'Session-Expires: 90, refreshed by re-INVITE, whose 200 ends the timer',
    write: (tape) => {
      const answered = setUp(tape, { ok: expires(90) })
      tape.pass(45_000)
      negotiate(answered, 'pbx', sdpOf(media.pbx), sdpOf(media.trunk))
      tape.pass(43_000)
      hangUp(answered, 'trunk')
    },
  },
  {
    name: 'short-of-the-timer',
    shows: 'Session-Expires: 1800, and a call of half a minute',
    write: (tape) => {
      const answered = setUp(tape, { ok: expires(1800) })
      tape.pass(30_000)
      hangUp(answered, 'trunk')
    },
  },
  {
    name: 'glare',
    shows: 'a hold that meets 491, and is taken when asked for again',
    write: (tape) => {
      const answered = setUp(tape)
      const { dialog } = answered
      talk(tape, 2000)
      const sdp = sdpOf(media.pbx, { direction: 'sendonly' })
      const hold = dialog.request('pbx', 'INVITE', { sdp, tagless: false })
      dialog.respond(hold, '491 Request Pending')
      dialog.request('pbx', 'ACK', { via: hold.via }, hold)
      tape.pass(2500)
      negotiate(answered, 'pbx', sdp, sdpOf(media.trunk, { direction: 'recvonly' }))
      tape.pass(1000)
      hangUp(answered)
    },
  },
  {
    name: 'transfer',
    shows: 'a blind transfer: REFER, NOTIFY, and BYE',
    write: (tape) => {
      const answered = setUp(tape)
      const { dialog } = answered
      talk(tape, 2000)
      const refer = dialog.request('pbx', 'REFER', { fields: ['Refer-To: <sip:+442079460999@sip.example.com>'] })
      dialog.respond(refer, '202 Accepted')
      for (const [state, line] of [
        ['active;expires=60', '100 Trying'],
        ['terminated;reason=noresource', '200 OK'],
      ] as const) {
        const fields = ['Event: refer', `Subscription-State: ${state}`]
        const notify = dialog.request('trunk', 'NOTIFY', {
          fields,
          sdp: `SIP/2.0 ${line}\r\n`,
          type: 'message/sipfrag',
        })
        dialog.respond(notify, '200 OK')
        tape.pass(500)
      }
      hangUp(answered, 'trunk')
    },
  },
  {
    name: 'beside',
    shows: 'OPTIONS, SUBSCRIBE, NOTIFY and PUBLISH that are refused in all ways, beside a call',
    write: (tape) => {
      ping(tape)
      for (const [method, status] of [
        ['SUBSCRIBE', '489 Bad Event'],
        ['PUBLISH', '405 Method Not Allowed'],
        ['NOTIFY', '481 Subscription Does Not Exist'],
        ['OPTIONS', '404 Not Found'],
      ] as const) {
        const dialog = dialogOf(tape, method.toLowerCase())
        dialog.respond(dialog.request('pbx', method, { tagless: true, fields: ['Event: presence'] }), status)
      }
      const answered = setUp(tape)
      talk(tape, 3000)
      hangUp(answered)
    },
  },
  {
    name: 'registered',
    shows: 'registered with a challenge, refreshed in time, and removed at the end',
    write: (tape) => {
      const dialog = dialogOf(tape, 'reg1')
      dialog.respond(register(dialog), '401 Unauthorized', asks('n0'))
      for (let time = 0; time < 3; time++) {
        dialog.respond(register(dialog, own('n0')), '200 OK', { contactParams: ';expires=60' })
        tape.pass(50_000)
      }
      const stale = register(dialog, own('n0'))
      dialog.respond(stale, '401 Unauthorized', { fields: [`${asks('n1').fields?.[0] ?? ''}, stale=true`] })
      dialog.respond(register(dialog, own('n1')), '200 OK', { contactParams: ';expires=60' })
      tape.pass(20_000)
      dialog.respond(register(dialog, { ...own('n1'), contactParams: ';expires=0' }), '200 OK')
      tape.pass(100_000)
      ping(tape)
    },
  },
  {
    name: 'not-removed',
    shows: 'registered, and at the end the removal is challenged and not asked for again',
    write: (tape) => {
      const dialog = dialogOf(tape, 'reg1')
      dialog.respond(register(dialog), '401 Unauthorized', asks('n0'))
      dialog.respond(register(dialog, own('n0')), '200 OK', { contactParams: ';expires=60' })
      tape.pass(30_000)
      const gone = { contactParams: ';expires=0' }
      dialog.respond(register(dialog, { ...own('n0'), ...gone }), '401 Unauthorized', asks('n1'))
      tape.pass(10_000)
      ping(tape)
    },
  },
  {
    name: 'padded',
    shows: 'an INVITE with two line ends behind its body, which is challenged and then busy',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const { sdp = '' } = offer
      const first = dialog.request('pbx', 'INVITE', { sdp: `${sdp}\r\n\r\n`, length: sdp.length })
      dialog.respond(first, '407 Proxy Authentication Required', challenge('n0'))
      dialog.request('pbx', 'ACK', { uri: first.uri, via: first.via, tagless: false }, first)
      const again = { ...credentials('n0'), sdp: `${sdp}\r\n\r\n`, length: sdp.length, tagless: true, uri: first.uri }
      const invite = dialog.request('pbx', 'INVITE', again)
      dialog.respond(invite, '200 OK', answer)
      dialog.request('pbx', 'ACK', {}, invite)
      talk(tape, 2000)
      dialog.respond(dialog.request('trunk', 'BYE'), '200 OK')
    },
  },
]

import {
  type CauseCapture,
  ackOf,
  answer,
  challenge,
  copiesOf,
  credentials,
  dialogOf,
  hangUp,
  heldCall,
  largeFields,
  media,
  offer,
  ping,
  refusedWith,
  register,
  setUp,
  signalling,
} from './flows.ts'
import { type Say, sdpOf, talk } from '../cause-flow.ts'
import { portUnreachable } from '../pcap.ts'

/** What breaks calls and registrations on their way. */
export const networkCauses: readonly CauseCapture[] = [
  {
    name: 'port-closed-media',
    causes: ['port-closed', 'one-way-audio'],
    atFault: 'trunk',
    shows: 'the RTP of the PBX meets ICMP port unreachable; that of the trunk comes',
    filter: 'icmp.type == 3 && icmp.code == 3',
    frames: 4,
    write: (tape) => {
      const answered = setUp(tape)
      const way = { source: media.pbx, destination: media.trunk, bytes: new Uint8Array(16) }
      for (let second = 0; second < 4; second++) {
        talk(tape, 1000)
        tape.send(media.trunk, media.pbx, portUnreachable(way), 'icmp')
      }
      tape.pass(20)
      hangUp(answered)
    },
  },
  {
    name: 'fragments-lost',
    causes: ['fragments-lost', 'no-response'],
    atFault: 'network',
    shows: 'the INVITE without credentials is answered; that with them fills two fragments, and nothing comes',
    filter: 'ip.flags.mf == 1',
    frames: 6,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const first = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(first, '407 Proxy Authentication Required', challenge('n0'))
      ackOf(dialog, first)
      const fields = [...(credentials('n0').fields ?? []), ...largeFields]
      copiesOf(dialog, dialog.request('pbx', 'INVITE', { ...offer, fields, tagless: true, uri: first.uri }))
    },
  },
  {
    name: 'ack-lost',
    causes: ['ack-lost'],
    atFault: 'trunk',
    shows: 'the 200 of the PBX is sent seven times, and no ACK comes',
    filter: 'sip.Status-Code == 200 && sip.CSeq.method == "INVITE"',
    frames: 7,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710', 'trunk')
      const invite = dialog.request('trunk', 'INVITE', answer)
      copiesOf(dialog, dialog.respond(invite, '200 OK', offer), 6)
      dialog.respond(dialog.request('pbx', 'BYE'), '200 OK')
    },
  },
  {
    name: 'bye-unanswered',
    causes: ['bye-unanswered'],
    atFault: 'trunk',
    shows: 'the BYE of the PBX is sent six times, and no answer comes',
    filter: 'sip.Method == "BYE"',
    frames: 6,
    write: (tape) => {
      const { dialog } = setUp(tape)
      talk(tape, 2000)
      copiesOf(dialog, dialog.request('pbx', 'BYE'))
    },
  },
  {
    name: 'session-timer-expired',
    causes: ['session-timer-expired'],
    atFault: 'pbx',
    shows: 'Session-Expires: 90 with the PBX as refresher, no refresh, and BYE of the trunk after 62 s',
    filter: 'sip.Session-Expires contains "90"',
    frames: 1,
    write: (tape) => {
      const answered = setUp(tape, { ok: { fields: ['Session-Expires: 90;refresher=uac', 'Require: timer'] } })
      tape.pass(62_000)
      hangUp(answered, 'trunk')
    },
  },
  {
    name: 'registration-failing',
    causes: ['registration-failing'],
    atFault: 'pbx',
    shows: 'a REGISTER is refused with 404',
    filter: 'sip.Status-Code == 404 && sip.CSeq.method == "REGISTER"',
    frames: 1,
    write: (tape) => {
      const dialog = dialogOf(tape, 'reg1')
      dialog.respond(register(dialog), '404 Not Found')
      tape.pass(3000)
      ping(tape)
    },
  },
  {
    name: 'registration-wrong-password',
    causes: ['wrong-password', 'registration-failing'],
    atFault: 'pbx',
    shows: 'a REGISTER with credentials is challenged again',
    filter: 'sip.Status-Code == 401',
    frames: 2,
    write: (tape) => {
      const dialog = dialogOf(tape, 'reg1')
      const ask = (nonce: string): Say => ({
        fields: [`WWW-Authenticate: Digest realm="sip.example.com", nonce="${nonce}"`],
      })
      dialog.respond(register(dialog), '401 Unauthorized', ask('n0'))
      const again = register(dialog, credentials('n0', 'sip.example.com', 'Authorization'))
      dialog.respond(again, '401 Unauthorized', ask('n1'))
      tape.pass(3000)
      ping(tape)
    },
  },
  {
    name: 'registration-not-refreshed',
    causes: ['registration-not-refreshed'],
    atFault: 'pbx',
    shows: 'a REGISTER is granted for 60 s, and none follows in 100 s',
    filter: 'sip.Method == "REGISTER"',
    frames: 1,
    write: (tape) => {
      const dialog = dialogOf(tape, 'reg1')
      dialog.respond(register(dialog), '200 OK', { contactParams: ';expires=60' })
      tape.pass(100_000)
      ping(tape)
    },
  },
  {
    name: 'no-rport',
    causes: ['no-rport', 'no-response'],
    atFault: 'pbx',
    shows: 'an INVITE from port 61234 whose Via says port 5060 without rport; nothing comes back',
    filter: 'sip.Method == "INVITE" && udp.srcport == 61234',
    frames: 6,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const source = { ...signalling.pbx, port: 61_234 }
      copiesOf(dialog, dialog.request('pbx', 'INVITE', { ...offer, rport: false, source }))
    },
  },
  {
    name: 'no-rport-astray',
    causes: ['no-rport', 'registration-failing'],
    atFault: 'pbx',
    shows: 'each copy of a REGISTER from port 61234 is challenged, at port 5060 that its Via says without rport',
    filter: 'sip.Status-Code == 401 && udp.dstport == 5060',
    frames: 4,
    write: (tape) => {
      const dialog = dialogOf(tape, 'reg1')
      const source = { ...signalling.pbx, port: 61_234 }
      const sent = register(dialog, { rport: false, source })
      const fields = ['WWW-Authenticate: Digest realm="sip.example.com", nonce="n0"']
      const challenged = dialog.respond(sent, '401 Unauthorized', { fields, destination: signalling.pbx })
      for (const ms of [500, 1000, 2000]) {
        dialog.again(sent, [ms])
        dialog.again(challenged, [10])
      }
      tape.pass(3000)
      ping(tape)
    },
  },
  {
    name: 'alg-rewriting',
    causes: ['alg-rewriting', 'ack-lost'],
    atFault: 'network',
    shows: 'the Via of the responses is not that of the request: the PBX drops them, and never sends ACK',
    filter: 'sip.Status-Code == 200 && sip.Via.sent-by.address == "203.0.113.99"',
    frames: 7,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      const via = invite.via.replace('203.0.113.10:5060', '203.0.113.99:5060')
      dialog.respond(invite, '180 Ringing', { via })
      copiesOf(dialog, dialog.respond(invite, '200 OK', { ...answer, via }), 6)
      dialog.respond(dialog.request('trunk', 'BYE'), '481 Call/Transaction Does Not Exist')
    },
  },
  {
    name: 'content-length-wrong',
    causes: ['content-length-wrong'],
    atFault: 'pbx',
    shows: 'the Content-Length of the INVITE cuts its session description; it is refused with 400',
    filter: 'sip.Status-Code == 400',
    frames: 1,
    write: refusedWith('400 Bad Request', { invite: { length: 40 } }),
  },
  {
    name: 'hold-refused',
    causes: ['hold-refused'],
    atFault: 'trunk',
    shows: 'the re-INVITE with sendonly is refused with 488',
    filter: 'sip.Status-Code == 488',
    frames: 1,
    write: (tape) => {
      const answered = setUp(tape)
      const { dialog } = answered
      talk(tape, 2000)
      const hold = dialog.request('pbx', 'INVITE', { sdp: sdpOf(media.pbx, { direction: 'sendonly' }), tagless: false })
      dialog.respond(hold, '488 Not Acceptable Here')
      dialog.request('pbx', 'ACK', { via: hold.via }, hold)
      talk(tape, 2000)
      hangUp(answered)
    },
  },
  {
    name: 'one-way-after-hold',
    causes: ['one-way-after-hold', 'one-way-audio'],
    atFault: 'trunk',
    shows: 'held and resumed with sendrecv on both sides; the trunk sends nothing after',
    filter: 'sip.Method == "INVITE"',
    frames: 3,
    write: heldCall(answer, { pbx: {} }),
  },
  {
    name: 'one-way-after-hold-answered',
    causes: ['one-way-after-hold'],
    atFault: 'trunk',
    shows: 'resumed with sendrecv, the trunk answers recvonly still',
    filter: 'sdp.media_attr == "recvonly"',
    frames: 2,
    write: heldCall({ sdp: sdpOf(media.trunk, { direction: 'recvonly' }) }, { pbx: {} }),
  },
]

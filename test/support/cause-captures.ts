import {
  type Dialog,
  type Places,
  type Say,
  type Sent,
  type Talk,
  type Tape,
  createDialog,
  publicPlaces,
  retries,
  sdpOf,
  talk,
} from './cause-flow.ts'
import { portUnreachable } from './pcap.ts'
import type { Side } from '../../src/core/finding.ts'

/** A capture that shows one cause. */
export type CauseCapture = {
  readonly name: string
  /** What is to be found, most likely first. */
  readonly causes: readonly string[]
  readonly atFault: string
  readonly shows: string
  /** What tshark says of it: a display filter, and on how many frames it holds. */
  readonly filter: string
  readonly frames: number
  readonly write: (tape: Tape) => void
}

const { signalling, media } = publicPlaces
const offer: Say = { sdp: sdpOf(media.pbx) }
const answer: Say = { sdp: sdpOf(media.trunk) }
const inner = { address: '192.168.1.10', port: 30_000 } as const

const dialogOf = (tape: Tape, name: string, caller: Side = 'pbx', places?: Places): Dialog =>
  createDialog(tape, name, caller, places)

type Answered = { readonly dialog: Dialog; readonly invite: Sent; readonly ok: Sent }

type SetUp = {
  readonly invite?: Say
  readonly ok?: Say
  readonly ack?: Say
  readonly caller?: Side
  readonly ringMs?: number
}

/** INVITE, 180, 200, ACK. */
const setUp = (tape: Tape, of: SetUp = {}): Answered => {
  const caller = of.caller ?? 'pbx'
  const [first, second] = caller === 'pbx' ? [offer, answer] : [answer, offer]
  const dialog = dialogOf(tape, 'a84b4c76e66710', caller)
  const invite = dialog.request(caller, 'INVITE', { ...first, ...of.invite })
  dialog.respond(invite, '100 Trying')
  dialog.respond(invite, '180 Ringing')
  tape.pass(of.ringMs ?? 1000)
  const ok = dialog.respond(invite, '200 OK', { ...second, ...of.ok })
  dialog.request(caller, 'ACK', of.ack, invite)
  return { dialog, invite, ok }
}

const hangUp = ({ dialog }: Answered, side: Side = 'pbx'): void => {
  dialog.respond(dialog.request(side, 'BYE'), '200 OK')
}

/** A whole call, with that audio. */
const callOf =
  (ms: number, sides: Partial<Record<Side, Talk>>, of: SetUp = {}) =>
  (tape: Tape): void => {
    const answered = setUp(tape, of)
    talk(tape, ms, sides)
    hangUp(answered)
  }

/** A call that is refused at once. */
const refusedWith =
  (status: string, of: { readonly invite?: Say; readonly refusal?: Say } = {}) =>
  (tape: Tape): void => {
    const dialog = dialogOf(tape, 'a84b4c76e66710')
    const invite = dialog.request('pbx', 'INVITE', { ...offer, ...of.invite })
    dialog.respond(invite, status, of.refusal)
    dialog.request('pbx', 'ACK', { uri: invite.uri, via: invite.via, tagless: false }, invite)
    tape.pass(3000)
    ping(tape)
  }

/** An OPTIONS that is answered: time has passed, and the path is alive. */
const ping = (tape: Tape): void => {
  const dialog = dialogOf(tape, 'ping', 'trunk')
  dialog.respond(dialog.request('trunk', 'OPTIONS', { tagless: true, uri: 'sip:203.0.113.10' }), '200 OK')
}

const challenge = (nonce: string, more = ''): Say => ({
  fields: [`Proxy-Authenticate: Digest realm="sip.example.com", nonce="${nonce}", algorithm=MD5, qop="auth"${more}`],
})
const credentials = (nonce: string, realm = 'sip.example.com', name = 'Proxy-Authorization'): Say => ({
  fields: [
    `${name}: Digest username="trunk-user", realm="${realm}", nonce="${nonce}", uri="sip:+442079460123@sip.example.com", response="0123456789abcdef0123456789abcdef", algorithm=MD5, qop=auth, cnonce="0a4f113b", nc=00000001`,
  ],
})

const ackOf = (dialog: Dialog, invite: Sent): void =>
  void dialog.request(invite.side, 'ACK', { uri: invite.uri, via: invite.via, tagless: false }, invite)

/** Challenged, and again with credentials: each answer a challenge or a final word. */
const authenticated =
  (realm: string, ...answers: readonly (readonly [status: string, say: Say])[]) =>
  (tape: Tape): void => {
    const dialog = dialogOf(tape, 'a84b4c76e66710')
    const first = dialog.request('pbx', 'INVITE', offer)
    dialog.respond(first, '407 Proxy Authentication Required', challenge('n0'))
    ackOf(dialog, first)
    for (const [index, [status, say]] of answers.entries()) {
      const again = dialog.request('pbx', 'INVITE', {
        ...offer,
        ...credentials(`n${index}`, realm),
        tagless: true,
        uri: first.uri,
      })
      dialog.respond(again, status, say)
      ackOf(dialog, again)
    }
    tape.pass(3000)
    ping(tape)
  }

const copiesOf = (dialog: Dialog, sent: Sent, count = 5): void => dialog.again(sent, retries.slice(0, count))

/** Held by the PBX for two seconds and resumed. */
const heldCall = (resumed: Say, after: Partial<Record<Side, Talk>>) => (tape: Tape) => {
  const answered = setUp(tape)
  const { dialog } = answered
  talk(tape, 2000, { pbx: {}, trunk: {} })
  const hold = dialog.request('pbx', 'INVITE', { sdp: sdpOf(media.pbx, { direction: 'sendonly' }), tagless: false })
  dialog.respond(hold, '200 OK', { sdp: sdpOf(media.trunk, { direction: 'recvonly' }) })
  dialog.request('pbx', 'ACK', {}, hold)
  talk(tape, 2000, { pbx: {} })
  const resume = dialog.request('pbx', 'INVITE', { ...offer, tagless: false })
  dialog.respond(resume, '200 OK', resumed)
  dialog.request('pbx', 'ACK', {}, resume)
  talk(tape, 3000, after)
  hangUp(answered)
}

const largeFields = Array.from({ length: 16 }, (_, index) => `X-Route-${index + 1}: ${'0123456789abcdef'.repeat(5)}`)

const register = (dialog: Dialog, say: Say = {}): Sent =>
  dialog.request('pbx', 'REGISTER', {
    uri: 'sip:sip.example.com',
    to: '<sip:+12025550142@sip.example.com>',
    ...say,
    fields: ['Expires: 60', ...(say.fields ?? [])],
    tagless: true,
  })

export const causeCaptures: readonly CauseCapture[] = [
  {
    name: 'one-way-audio',
    causes: ['one-way-audio'],
    atFault: 'undecided',
    shows: 'an answered call in which only the PBX sends RTP',
    filter: 'rtp && ip.src == 198.51.100.30',
    frames: 0,
    write: callOf(4000, { pbx: {} }),
  },
  {
    name: 'no-audio',
    causes: ['no-audio'],
    atFault: 'undecided',
    shows: 'one call with audio, and after it one on other ports without any RTP',
    filter: 'rtp && (udp.port == 30002 || udp.port == 20002)',
    frames: 0,
    write: (tape) => {
      callOf(2000, { pbx: {}, trunk: {} })(tape)
      tape.pass(1000)
      const dialog = dialogOf(tape, 'b84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', { sdp: sdpOf({ ...media.pbx, port: 30_002 }) })
      dialog.respond(invite, '200 OK', { sdp: sdpOf({ ...media.trunk, port: 20_002 }) })
      dialog.request('pbx', 'ACK', {}, invite)
      tape.pass(4000)
      dialog.respond(dialog.request('pbx', 'BYE'), '200 OK')
    },
  },
  {
    name: 'sdp-private-address',
    causes: ['sdp-private-address', 'one-way-audio'],
    atFault: 'pbx',
    shows: 'the PBX asks for audio at 192.168.1.10, and none of the trunk comes',
    filter: 'sdp.connection_info.address == "192.168.1.10"',
    frames: 1,
    write: callOf(4000, { pbx: {} }, { invite: { sdp: sdpOf(inner) } }),
  },
  {
    name: 'sdp-private-address-sent',
    causes: ['sdp-private-address', 'one-way-audio'],
    atFault: 'pbx',
    shows: 'the PBX asks for audio at 192.168.1.10, and the trunk sends it there, over the internet',
    filter: 'ip.dst == 192.168.1.10 && rtp.ssrc == 0x5e6f7081',
    frames: 200,
    write: callOf(4000, { pbx: {}, trunk: { destination: inner } }, { invite: { sdp: sdpOf(inner) } }),
  },
  {
    name: 'contact-private-address',
    causes: ['contact-private-address', 'ack-lost'],
    atFault: 'pbx',
    shows: 'the Contact in the 200 of the PBX is 192.168.1.10: no ACK comes, and the PBX hangs up after 32 s',
    filter: 'sip.Status-Code == 200 && sip.contact.host == "192.168.1.10" && sip.CSeq.method == "INVITE"',
    frames: 7,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710', 'trunk')
      const invite = dialog.request('trunk', 'INVITE', answer)
      dialog.respond(invite, '180 Ringing')
      const ok = dialog.respond(invite, '200 OK', { ...offer, contact: '192.168.1.10:5060' })
      copiesOf(dialog, ok, 6)
      dialog.respond(dialog.request('pbx', 'BYE'), '200 OK')
    },
  },
  {
    name: 'rtp-source-differs',
    causes: ['rtp-source-differs', 'one-way-audio'],
    atFault: 'pbx',
    shows: 'the PBX announces port 30000 and sends from port 41234; no audio comes back',
    filter: 'rtp && udp.srcport == 41234',
    frames: 200,
    write: callOf(4000, { pbx: { source: { ...media.pbx, port: 41_234 } } }),
  },
  {
    name: 'late-media',
    causes: ['late-media'],
    atFault: 'trunk',
    shows: 'the first RTP packet of the trunk comes 4 s after the answer',
    filter: 'rtp && ip.src == 198.51.100.30 && rtp.marker == 1',
    frames: 1,
    write: callOf(7000, { pbx: {}, trunk: { fromMs: 4000 } }),
  },
  {
    name: 'rtp-stops',
    causes: ['rtp-stops'],
    atFault: 'trunk',
    shows: 'the trunk sends RTP for 1.5 s of a call of 8 s',
    filter: 'rtp && ip.src == 198.51.100.30',
    frames: 75,
    write: callOf(8000, { pbx: {}, trunk: { untilMs: 1500 } }),
  },
  {
    name: 'packet-loss',
    causes: ['packet-loss'],
    atFault: 'network',
    shows: 'of the trunk’s packets, every tenth is missing',
    filter: 'rtp && ip.src == 198.51.100.30',
    frames: 270,
    write: callOf(6000, { pbx: {}, trunk: { loses: 10 } }),
  },
  {
    name: 'jitter',
    causes: ['jitter'],
    atFault: 'network',
    shows: 'the trunk’s packets come in bursts of ten, 200 ms apart',
    filter: 'rtp && ip.src == 198.51.100.30',
    frames: 300,
    write: callOf(6000, { pbx: {}, trunk: { delay: (count) => (9 - (count % 10)) * 20 } }),
  },
  {
    name: 'reordering',
    causes: ['reordering'],
    atFault: 'network',
    shows: 'of the trunk’s packets, every tenth comes behind the next',
    filter: 'rtp && ip.src == 198.51.100.30',
    frames: 300,
    write: callOf(6000, { pbx: {}, trunk: { delay: (count) => (count % 10 === 9 ? 25 : 0) } }),
  },
  {
    name: 'no-common-codec',
    causes: ['no-common-codec'],
    atFault: 'pbx',
    shows: 'an offer of GSM alone is refused with 488',
    filter: 'sip.Status-Code == 488',
    frames: 1,
    write: refusedWith('488 Not Acceptable Here', {
      invite: { sdp: sdpOf(media.pbx, { formats: ['3'], rtpmaps: ['3 GSM/8000'] }) },
      refusal: { fields: ['Warning: 305 sip.example.com "Incompatible media format"'] },
    }),
  },
  {
    name: 'payload-type-not-negotiated',
    causes: ['payload-type-not-negotiated'],
    atFault: 'trunk',
    shows: 'PCMU is agreed, and the trunk sends payload type 18',
    filter: 'rtp.p_type == 18',
    frames: 200,
    write: callOf(4000, { pbx: {}, trunk: { payloadType: 18 } }),
  },
  {
    name: 'ptime-mismatch',
    causes: ['ptime-mismatch'],
    atFault: 'trunk',
    shows: 'the PBX takes packets of up to 20 ms (maxptime), and the trunk sends packets of 60 ms',
    filter: 'sdp.media_attr contains "maxptime:20"',
    frames: 1,
    write: callOf(
      5000,
      { pbx: {}, trunk: { ptimeMs: 60 } },
      { invite: { sdp: sdpOf(media.pbx, { more: ['a=ptime:20', 'a=maxptime:20'] }) } },
    ),
  },
  {
    name: 'dtmf-info-despite-rfc4733',
    causes: ['dtmf-info-despite-rfc4733'],
    atFault: 'pbx',
    shows: 'telephone-event is agreed, and the PBX sends the digits 1 and 2 by INFO',
    filter: 'sip.Method == "INFO"',
    frames: 2,
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 1000)
      for (const digit of ['1', '2']) {
        const sdp = `Signal=${digit}\r\nDuration=160\r\n`
        const info = answered.dialog.request('pbx', 'INFO', { sdp, type: 'application/dtmf-relay' })
        answered.dialog.respond(info, '200 OK')
      }
      talk(tape, 1000)
      hangUp(answered)
    },
  },
  {
    name: 'dtmf-payload-type-mismatch',
    causes: ['dtmf-payload-type-mismatch'],
    atFault: 'pbx',
    shows: 'the trunk asks for telephone-event as payload type 96, and the PBX sends it as 101, its own',
    filter: 'udp.srcport == 30000 && rtp.p_type == 101',
    frames: 10,
    write: (tape) => {
      const sdp = sdpOf(media.trunk, { formats: ['0', '96'], rtpmaps: ['0 PCMU/8000', '96 telephone-event/8000'] })
      const answered = setUp(tape, { ok: { sdp } })
      talk(tape, 2000)
      talk(tape, 200, { pbx: { payloadType: 101 }, trunk: {} })
      talk(tape, 1000)
      hangUp(answered)
    },
  },
  {
    name: 'wrong-password',
    causes: ['wrong-password'],
    atFault: 'pbx',
    shows: 'credentials for the realm that was asked for are challenged again, and the PBX gives up',
    filter: 'sip.Status-Code == 407',
    frames: 2,
    write: authenticated('sip.example.com', ['407 Proxy Authentication Required', challenge('n1')]),
  },
  {
    name: 'wrong-password-403',
    causes: ['wrong-password', 'call-forbidden'],
    atFault: 'pbx',
    shows: 'credentials that were asked for are refused with 403',
    filter: 'sip.Status-Code == 403',
    frames: 1,
    write: authenticated('sip.example.com', ['403 Forbidden', {}]),
  },
  {
    name: 'wrong-realm',
    causes: ['wrong-realm'],
    atFault: 'pbx',
    shows: 'asked for the realm sip.example.com, the PBX answers for the realm asterisk',
    filter: 'sip.auth.realm contains "asterisk"',
    frames: 1,
    write: authenticated('asterisk', ['407 Proxy Authentication Required', challenge('n1')]),
  },
  {
    name: 'challenge-loop',
    causes: ['challenge-loop'],
    atFault: 'trunk',
    shows: 'each of three requests with credentials is challenged again, as stale',
    filter: 'sip.Status-Code == 407',
    frames: 4,
    write: authenticated(
      'sip.example.com',
      ...[1, 2, 3].map((n) => ['407 Proxy Authentication Required', challenge(`n${n}`, ', stale=true')] as const),
    ),
  },
  {
    name: 'number-unknown',
    causes: ['number-unknown'],
    atFault: 'pbx',
    shows: 'the number is refused with 404',
    filter: 'sip.Status-Code == 404',
    frames: 1,
    write: refusedWith('404 Not Found'),
  },
  {
    name: 'number-format',
    causes: ['number-format', 'number-unknown'],
    atFault: 'pbx',
    shows: 'the called number begins with 00 in place of +, and is refused with 404',
    filter: 'sip.r-uri.user == "00442079460123"',
    frames: 2,
    write: refusedWith('404 Not Found', {
      invite: { uri: 'sip:00442079460123@sip.example.com', to: '<sip:00442079460123@sip.example.com>' },
    }),
  },
  {
    name: 'call-forbidden',
    causes: ['call-forbidden'],
    atFault: 'pbx',
    shows: 'the call is refused with 403, without a challenge',
    filter: 'sip.Status-Code == 403',
    frames: 1,
    write: refusedWith('403 Forbidden'),
  },
  {
    name: 'service-unavailable',
    causes: ['service-unavailable'],
    atFault: 'trunk',
    shows: 'the call is refused with 503 and Retry-After',
    filter: 'sip.Status-Code == 503 && sip.Retry-After',
    frames: 1,
    write: refusedWith('503 Service Unavailable', { refusal: { fields: ['Retry-After: 30'] } }),
  },
  {
    name: 'no-response',
    causes: ['no-response'],
    atFault: 'undecided',
    shows: 'an INVITE is sent seven times, and nothing comes',
    filter: 'sip.Method == "INVITE"',
    frames: 7,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      copiesOf(dialog, dialog.request('pbx', 'INVITE', offer), 6)
      tape.pass(500)
    },
  },
  {
    name: 'port-closed',
    causes: ['port-closed', 'no-response'],
    atFault: 'trunk',
    shows: 'an INVITE meets ICMP port unreachable, three times',
    filter: 'icmp.type == 3 && icmp.code == 3',
    frames: 3,
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      for (const ms of [1, 500, 1000]) {
        if (ms > 1) dialog.again(invite, [ms])
        tape.pass(1)
        tape.send(invite.destination, invite.source, portUnreachable(invite), 'icmp')
      }
      tape.pass(1000)
      ping(tape)
    },
  },
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

/** Calls with nothing wrong, however odd. */
export const healthyCaptures: readonly Pick<CauseCapture, 'name' | 'shows' | 'write'>[] = [
  { name: 'answered', shows: 'a plain call', write: callOf(3000, { pbx: {}, trunk: {} }) },
  {
    name: 'signalling-only',
    shows: 'a call captured without its media',
    write: callOf(8000, {}),
  },
  {
    name: 'comfort-noise',
    shows: '180 s in which the trunk sends one packet of comfort noise every ten seconds',
    write: callOf(
      180_000,
      { pbx: { ptimeMs: 10_000, payloadType: 13 }, trunk: { ptimeMs: 10_000, payloadType: 13 } },
      {
        invite: { sdp: sdpOf(media.pbx, { formats: ['0', '13', '101'] }) },
        ok: { sdp: sdpOf(media.trunk, { formats: ['0', '13', '101'] }) },
      },
    ),
  },
  {
    name: 'closes-after-bye',
    shows: 'the phone closes its port with the BYE, and what was under way meets ICMP port unreachable',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 3000)
      const { dialog } = answered
      const bye = dialog.request('pbx', 'BYE')
      const way = { source: media.trunk, destination: media.pbx, bytes: new Uint8Array(16) }
      talk(tape, 100, { trunk: {} })
      for (let count = 0; count < 5; count++) tape.send(media.pbx, media.trunk, portUnreachable(way), 'icmp')
      dialog.respond(bye, '200 OK')
    },
  },
  {
    name: 'early-media',
    shows: 'three seconds of an announcement before the answer, from the trunk alone',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', offer)
      dialog.respond(invite, '183 Session Progress', answer)
      talk(tape, 3000, { trunk: {} })
      const ok = dialog.respond(invite, '200 OK', answer)
      dialog.request('pbx', 'ACK', {}, invite)
      talk(tape, 3000)
      hangUp({ dialog, invite, ok })
    },
  },
  { name: 'hold', shows: 'held and resumed', write: heldCall(answer, { pbx: {}, trunk: {} }) },
  {
    name: 'announcement',
    shows: 'an announcement: the trunk sends, the PBX is recvonly',
    write: callOf(
      4000,
      { trunk: {} },
      {
        invite: { sdp: sdpOf(media.pbx, { direction: 'recvonly' }) },
        ok: { sdp: sdpOf(media.trunk, { direction: 'sendonly' }) },
      },
    ),
  },
  { name: 'busy', shows: 'the callee is busy', write: refusedWith('486 Busy Here') },
  {
    name: 'symmetric',
    shows: 'the PBX announces a private address, and the trunk answers to where its packets come from',
    write: callOf(
      4000,
      { pbx: { source: { ...media.pbx, port: 41_234 } }, trunk: { destination: { ...media.pbx, port: 41_234 } } },
      { invite: { sdp: sdpOf(inner) } },
    ),
  },
]

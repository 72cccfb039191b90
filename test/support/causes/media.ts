import {
  type CauseCapture,
  answer,
  callOf,
  copiesOf,
  dialogOf,
  hangUp,
  inner,
  media,
  offer,
  refusedWith,
  setUp,
} from './flows.ts'
import { sdpOf, talk } from '../cause-flow.ts'

/** What breaks audio and digits. */
export const mediaCauses: readonly CauseCapture[] = [
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
    name: 'ptime-mismatch-asked',
    causes: ['ptime-mismatch'],
    atFault: 'trunk',
    shows: 'the PBX asks for packets of 20 ms, and the trunk sends packets of 60 ms',
    filter: 'sdp.media_attr == "ptime:20"',
    frames: 2,
    write: callOf(5000, { pbx: {}, trunk: { ptimeMs: 60 } }),
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
]

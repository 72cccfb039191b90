import {
  type CauseCapture,
  answer,
  callOf,
  dialogOf,
  hangUp,
  heldCall,
  inner,
  media,
  negotiate,
  offer,
  setUp,
  signalling,
} from './flows.ts'
import { type Places, sdpOf, talk } from '../cause-flow.ts'
import { portUnreachable } from '../pcap.ts'

const recvonly = sdpOf(media.pbx, { direction: 'recvonly' })
const secure = (key: string) => ({
  protocol: 'RTP/SAVP',
  more: [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`],
})
/** RFC 3849. */
const sixes: Places = {
  signalling: { pbx: { address: '2001:db8::10', port: 5060 }, trunk: { address: '2001:db8:1::20', port: 5060 } },
  media: { pbx: { address: '2001:db8::10', port: 30_000 }, trunk: { address: '2001:db8:1::30', port: 20_000 } },
}

/** A call with nothing wrong, however odd. */
export type HealthyCapture = Pick<CauseCapture, 'name' | 'shows' | 'write'>

/** Calls whose audio may look odd. */
export const healthyMedia: readonly HealthyCapture[] = [
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
  {
    name: 'symmetric',
    shows: 'the PBX announces a private address, and the trunk answers to where its packets come from',
    write: callOf(
      4000,
      { pbx: { source: { ...media.pbx, port: 41_234 } }, trunk: { destination: { ...media.pbx, port: 41_234 } } },
      { invite: { sdp: sdpOf(inner) } },
    ),
  },
  {
    name: 'silence-suppression',
    shows: 'both sides send while they talk alone, without comfort noise, and the callee is silent for the last 20 s',
    write: (tape) => {
      const answered = setUp(tape)
      for (let turn = 0; turn < 4; turn++) {
        talk(tape, 1600, { pbx: {} })
        tape.pass(700)
        talk(tape, 2400, { trunk: {} })
        tape.pass(900)
      }
      talk(tape, 20_000, { pbx: {} })
      hangUp(answered)
    },
  },
  {
    name: 'moh',
    shows: 'held by the trunk for a minute, which plays music, and resumed',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 2000)
      negotiate(answered, 'trunk', sdpOf(media.trunk, { direction: 'sendonly' }), recvonly)
      talk(tape, 60_000, { trunk: {} })
      negotiate(answered, 'trunk', sdpOf(media.trunk), sdpOf(media.pbx))
      talk(tape, 3000)
      hangUp(answered)
    },
  },
  {
    name: 'hold-inactive',
    shows: 'held with 0.0.0.0, as RFC 2543 had it, then with inactive: nobody sends',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 2000)
      negotiate(answered, 'pbx', sdpOf(media.pbx, { address: '0.0.0.0' }), sdpOf(media.trunk))
      tape.pass(10_000)
      const inactive = { direction: 'inactive' }
      negotiate(answered, 'pbx', sdpOf(media.pbx, inactive), sdpOf(media.trunk, inactive))
      tape.pass(10_000)
      negotiate(answered, 'pbx', sdpOf(media.pbx), sdpOf(media.trunk))
      talk(tape, 3000)
      hangUp(answered)
    },
  },
  {
    name: 'both-hold',
    shows: 'both sides hold; the PBX resumes, and the trunk still holds',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 2000)
      negotiate(answered, 'trunk', sdpOf(media.trunk, { direction: 'sendonly' }), recvonly)
      talk(tape, 2000, { trunk: {} })
      const inactive = { direction: 'inactive' }
      negotiate(answered, 'pbx', sdpOf(media.pbx, inactive), sdpOf(media.trunk, inactive))
      tape.pass(2000)
      negotiate(answered, 'pbx', sdpOf(media.pbx), sdpOf(media.trunk, { direction: 'sendonly' }))
      talk(tape, 4000, { trunk: {} })
      hangUp(answered)
    },
  },
  {
    name: 'codec-change',
    shows: 'PCMU, and PCMA from a re-INVITE on',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 3000)
      const pcma = { formats: ['8'], rtpmaps: ['8 PCMA/8000'] }
      negotiate(answered, 'trunk', sdpOf(media.trunk, pcma), sdpOf(media.pbx, pcma))
      talk(tape, 3000, { pbx: { payloadType: 8 }, trunk: { payloadType: 8 } })
      hangUp(answered)
    },
  },
  {
    name: 'own-numbers',
    shows: 'each side sends what the other calls it: telephone-event as 96 there and 101 here, iLBC as 97 and 102',
    write: (tape) => {
      const numbered = (codec: number, event: number) => ({
        formats: [`${codec}`, `${event}`],
        rtpmaps: [`${codec} iLBC/8000`, `${event} telephone-event/8000`],
      })
      const sdps = {
        invite: { sdp: sdpOf(media.pbx, numbered(97, 101)) },
        ok: { sdp: sdpOf(media.trunk, numbered(102, 96)) },
      }
      const answered = setUp(tape, sdps)
      talk(tape, 3000, { pbx: { payloadType: 102 }, trunk: { payloadType: 97 } })
      talk(tape, 200, { pbx: { payloadType: 96 }, trunk: { payloadType: 97 } })
      talk(tape, 1000, { pbx: { payloadType: 102 }, trunk: { payloadType: 97 } })
      hangUp(answered)
    },
  },
  {
    name: 'thirty',
    shows: 'packets of 30 ms, where 20 are asked for',
    write: callOf(4000, { pbx: {}, trunk: { ptimeMs: 30 } }),
  },
  {
    name: 'short',
    shows: 'behind a call with audio, one of a second in which nobody has said a word yet',
    write: (tape) => {
      callOf(2000, { pbx: {}, trunk: {} })(tape)
      const dialog = dialogOf(tape, 'b84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', { sdp: sdpOf({ ...media.pbx, port: 30_002 }) })
      const ok = dialog.respond(invite, '200 OK', { sdp: sdpOf({ ...media.trunk, port: 20_002 }) })
      dialog.request('pbx', 'ACK', {}, invite)
      tape.pass(1000)
      hangUp({ dialog, invite, ok })
    },
  },
  {
    name: 'media-elsewhere',
    shows: 'behind a call with audio, one whose media goes between other hosts, past the tap',
    write: (tape) => {
      callOf(2000, { pbx: {}, trunk: {} })(tape)
      const dialog = dialogOf(tape, 'b84b4c76e66710')
      const invite = dialog.request('pbx', 'INVITE', { sdp: sdpOf({ address: '203.0.113.77', port: 4000 }) })
      const ok = dialog.respond(invite, '200 OK', { sdp: sdpOf({ address: '198.51.100.77', port: 5000 }) })
      dialog.request('pbx', 'ACK', {}, invite)
      tape.pass(8000)
      hangUp({ dialog, invite, ok })
    },
  },
  {
    name: 'srtp',
    shows: 'RTP/SAVP with keys by SDES: payloads that nobody can read',
    write: callOf(
      4000,
      { pbx: {}, trunk: {} },
      {
        invite: { sdp: sdpOf(media.pbx, secure('d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj')) },
        ok: { sdp: sdpOf(media.trunk, secure('NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj')) },
      },
    ),
  },
  {
    name: 'video',
    shows: 'video beside audio, each with payload types of its own; the video loses packets',
    write: (tape) => {
      const video = (port: number) => ({ media: [`m=video ${port} RTP/AVP 34`, 'a=rtpmap:34 H263/90000'] })
      const answered = setUp(tape, {
        invite: { sdp: sdpOf(media.pbx, video(30_002)) },
        ok: { sdp: sdpOf(media.trunk, video(20_002)) },
      })
      const way = { source: { ...media.pbx, port: 30_002 }, destination: { ...media.trunk, port: 20_002 } }
      talk(tape, 4000)
      talk(tape, 0, { pbx: { ...way, fromMs: -4000, untilMs: 0, payloadType: 34, ssrc: 7, loses: 4 } })
      hangUp(answered)
    },
  },
  {
    name: 'video-refused',
    shows: 'video offered, and refused with port 0',
    write: callOf(
      4000,
      { pbx: {}, trunk: {} },
      {
        invite: { sdp: sdpOf(media.pbx, { media: ['m=video 30002 RTP/AVP 34'] }) },
        ok: { sdp: sdpOf(media.trunk, { media: ['m=video 0 RTP/AVP 34'] }) },
      },
    ),
  },
  {
    name: 't38',
    shows: 'a fax: audio gives way to T.38 over UDPTL by a re-INVITE',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 3000)
      const image = (port: number) => ({ port: 0, media: [`m=image ${port} udptl t38`, 'a=T38FaxVersion:0'] })
      negotiate(answered, 'trunk', sdpOf(media.trunk, image(20_002)), sdpOf(media.pbx, image(30_002)))
      tape.pass(20_000)
      hangUp(answered)
    },
  },
  {
    name: 't38-refused',
    shows: 'T.38 is asked for and refused with 488: the call goes on with audio',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 3000)
      const { dialog } = answered
      const sdp = sdpOf(media.trunk, { port: 0, media: ['m=image 20002 udptl t38'] })
      const again = dialog.request('trunk', 'INVITE', { sdp, tagless: false })
      dialog.respond(again, '488 Not Acceptable Here')
      dialog.request('trunk', 'ACK', { via: again.via }, again)
      talk(tape, 3000)
      hangUp(answered)
    },
  },
  {
    name: 'ice',
    shows: 'by ICE, the audio goes between candidates that no c= line names',
    write: (tape) => {
      const more = ['a=ice-ufrag:8hhY', 'a=ice-pwd:asd88fgpdd777uzjYhagZg', 'a=ptime:20']
      const answered = setUp(tape, {
        invite: { sdp: sdpOf(inner, { more }) },
        ok: { sdp: sdpOf(media.trunk, { more }) },
      })
      const relay = { address: '198.51.100.99', port: 50_000 }
      talk(tape, 6000, { pbx: { destination: relay }, trunk: { source: relay } })
      hangUp(answered)
    },
  },
  {
    name: 'ends-in-call',
    shows: 'the capture ends while both talk',
    write: (tape) => {
      setUp(tape)
      talk(tape, 6000)
    },
  },
  {
    name: 'begins-in-call',
    shows: 'the capture begins while both talk, and has the BYE alone',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710')
      talk(tape, 6000)
      dialog.respond(dialog.request('pbx', 'BYE'), '200 OK')
    },
  },
  {
    name: 'one-direction',
    shows: 'the tap has only what the PBX sends',
    write: (tape) => {
      callOf(4000, { pbx: {} })(tape)
      const own = tape.packets.filter(({ source }) => source.address === signalling.pbx.address)
      tape.packets.splice(0, tape.packets.length, ...own)
    },
  },
  {
    name: 'ipv6',
    shows: 'a call over IPv6',
    write: (tape) => {
      const dialog = dialogOf(tape, 'a84b4c76e66710', 'pbx', sixes)
      const invite = dialog.request('pbx', 'INVITE', { sdp: sdpOf(sixes.media.pbx) })
      dialog.respond(invite, '180 Ringing')
      const ok = dialog.respond(invite, '200 OK', { sdp: sdpOf(sixes.media.trunk) })
      dialog.request('pbx', 'ACK', {}, invite)
      talk(tape, 4000, { pbx: {}, trunk: {} }, sixes)
      hangUp({ dialog, invite, ok })
    },
  },
  {
    name: 'digits',
    shows: 'digits by telephone-event, between audio',
    write: (tape) => {
      const answered = setUp(tape)
      talk(tape, 2000)
      for (let digit = 0; digit < 3; digit++) {
        talk(tape, 160, { pbx: { payloadType: 101 }, trunk: {} })
        talk(tape, 500)
      }
      hangUp(answered)
    },
  },
]

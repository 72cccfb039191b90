import {
  type CauseCapture,
  answer,
  callOf,
  dialogOf,
  hangUp,
  heldCall,
  inner,
  media,
  offer,
  refusedWith,
  setUp,
} from './flows.ts'
import { sdpOf, talk } from '../cause-flow.ts'
import { portUnreachable } from '../pcap.ts'

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

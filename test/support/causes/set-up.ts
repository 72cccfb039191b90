import { type CauseCapture, authenticated, challenge, copiesOf, dialogOf, offer, ping, refusedWith } from './flows.ts'
import { portUnreachable } from '../pcap.ts'

/** What keeps a call from being set up. */
export const setUpCauses: readonly CauseCapture[] = [
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
    causes: ['number-format'],
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
    causes: ['port-closed'],
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
]

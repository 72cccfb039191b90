import { challengeLoop, wrongPassword, wrongRealm } from './causes/authentication.ts'
import { infoDespiteEvents, mistypedEvents } from './causes/digits.ts'
import { ackLost, byeUnanswered, holdRefused, sessionExpired } from './causes/drops.ts'
import { algRewriting, contentLengthWrong } from './causes/mangled.ts'
import {
  lateMedia,
  noAudio,
  oneWayAfterHold,
  oneWayAudio,
  rtpSourceDiffers,
  rtpStops,
  sdpPrivate,
} from './causes/media-path.ts'
import { jittery, lossy, overlong, reordered, shownOf, shownOfSender, unplayable } from './causes/quality.ts'
import { callForbidden, noCommonCodec, numberFormat, numberUnknown, serviceUnavailable } from './causes/refusals.ts'
import { notRefreshed, registrationFailing } from './causes/registration.ts'
import type { CauseRow } from './causes/scene.ts'
import { contactPrivate, fragmentsLost, noResponse, noRport, portClosed } from './causes/silence.ts'

/**
 * What breaks calls and registrations. Of several causes, roots come before links and links before effects; among equals
 * the order of the rows counts.
 */
export const causeRows: readonly CauseRow[] = [
  // Messages that do not arrive, or not whole.
  {
    id: 'content-length-wrong',
    explains: ['set-up failed', 'dropped', 'registration failed'],
    depth: 'root',
    advice:
      'Switch off the SIP ALG of the router: it changes addresses in the body and leaves Content-Length as it was. Else update the sender.',
    when: contentLengthWrong,
  },
  {
    id: 'port-closed',
    explains: ['set-up failed', 'no or poor audio', 'registration failed'],
    depth: 'root',
    advice:
      'Start the service on that address and port, or correct the port: the host says by ICMP that nobody listens there.',
    when: portClosed,
  },
  {
    id: 'fragments-lost',
    explains: ['set-up failed', 'dropped', 'registration failed'],
    depth: 'root',
    advice:
      'Let IP fragments through the firewall, or make the message smaller: fewer codecs and header fields; or use TCP for signalling.',
    when: fragmentsLost,
  },
  {
    id: 'no-rport',
    explains: ['set-up failed', 'dropped', 'registration failed'],
    depth: 'root',
    advice: 'Switch on rport (symmetric response routing, RFC 3581) in the sender, so that responses pass its NAT.',
    when: noRport,
  },
  {
    id: 'alg-rewriting',
    explains: ['set-up failed', 'dropped', 'no or poor audio', 'registration failed'],
    depth: 'root',
    advice:
      'Switch off the SIP ALG (SIP helper, SIP inspection) of every router and firewall on the way: it changes header fields.',
    when: algRewriting,
  },
  // Credentials.
  {
    id: 'wrong-realm',
    explains: ['set-up failed', 'registration failed'],
    depth: 'root',
    advice: 'Set the authentication realm of the trunk to the one in the challenge, as the provider documents it.',
    when: wrongRealm,
  },
  {
    id: 'wrong-password',
    explains: ['set-up failed', 'registration failed'],
    depth: 'root',
    advice: 'Enter user name and password of the trunk anew, as the portal of the provider shows them.',
    when: wrongPassword,
  },
  {
    id: 'challenge-loop',
    explains: ['set-up failed', 'registration failed'],
    depth: 'root',
    advice:
      'Check the password first. If it is right, ask the provider why right credentials are challenged again; the PBX must not try rejected ones again.',
    when: challengeLoop,
  },
  // Refusals that say why.
  {
    id: 'number-format',
    explains: ['set-up failed'],
    depth: 'root',
    advice: 'Send numbers as the provider documents them, mostly E.164 with +: correct the dial plan of the sender.',
    when: numberFormat,
  },
  {
    id: 'number-unknown',
    explains: ['set-up failed'],
    depth: 'root',
    advice:
      'Check the number. If it is right: is it routed to this trunk at the provider, and has the PBX a route or extension for it?',
    when: numberUnknown,
  },
  {
    id: 'call-forbidden',
    explains: ['set-up failed'],
    depth: 'root',
    advice:
      'Check at the provider: the list of allowed source addresses, the caller ID, allowed countries, and whether the account is active. On a PBX: trust the addresses of the provider.',
    when: callForbidden,
  },
  {
    id: 'no-common-codec',
    explains: ['set-up failed', 'no or poor audio'],
    depth: 'root',
    advice: 'Allow a codec on both sides that the other one knows: PCMU or PCMA always works.',
    when: noCommonCodec,
  },
  {
    id: 'service-unavailable',
    explains: ['set-up failed', 'registration failed'],
    depth: 'link',
    advice:
      'Look for the limit of calls at once or calls per second, and at the state of the service behind it; try the next address of the provider.',
    when: serviceUnavailable,
  },
  {
    id: 'no-response',
    explains: ['set-up failed', 'registration failed'],
    depth: 'link',
    advice:
      'Check the address and the port that it was sent to, the firewall on both sides, and whether the other side allows this source address.',
    when: noResponse,
  },
  // Audio.
  {
    id: 'sdp-private-address',
    explains: ['no or poor audio'],
    depth: 'root',
    advice: 'Give the PBX its external address for media (external media address, NAT setting, or STUN).',
    when: sdpPrivate,
  },
  {
    id: 'payload-type-not-negotiated',
    explains: ['no or poor audio'],
    depth: 'root',
    advice: 'Let the sender use the codecs and payload types of the other side’s session description, and no others.',
    when: shownOfSender(unplayable),
  },
  {
    id: 'ptime-mismatch',
    explains: ['no or poor audio'],
    depth: 'root',
    advice: 'Set the packet time of the codec to what the other side asks for, mostly 20 ms.',
    when: shownOfSender(overlong),
  },
  {
    id: 'one-way-after-hold',
    explains: ['no or poor audio'],
    depth: 'root',
    advice:
      'Update the side that stays silent, or let it resume with a full offer (sendrecv); some need music on hold switched off.',
    when: oneWayAfterHold,
  },
  {
    id: 'rtp-source-differs',
    explains: ['no or poor audio'],
    depth: 'link',
    advice:
      'Send media from the address and port of the session description (symmetric RTP), or switch on symmetric RTP (latching) on the other side.',
    when: rtpSourceDiffers,
  },
  {
    id: 'packet-loss',
    explains: ['no or poor audio'],
    depth: 'link',
    advice: 'Look for a full line, Wi-Fi, or a wrong duplex setting on the way; give voice priority (QoS).',
    when: shownOf(lossy),
  },
  {
    id: 'jitter',
    explains: ['no or poor audio'],
    depth: 'link',
    advice: 'Give voice priority (QoS) where the line is busy, avoid Wi-Fi and VPN, or let the receiver buffer longer.',
    when: shownOf(jittery),
  },
  {
    id: 'reordering',
    explains: ['no or poor audio'],
    depth: 'link',
    advice: 'Keep one stream on one way: look for load sharing per packet over several lines or tunnels.',
    when: shownOf(reordered),
  },
  {
    id: 'late-media',
    explains: ['no or poor audio'],
    depth: 'link',
    advice:
      'Let media flow as soon as the call is answered: look for NAT latching, ICE or announcements that delay the first packet.',
    when: lateMedia,
  },
  {
    id: 'rtp-stops',
    explains: ['no or poor audio'],
    depth: 'link',
    advice: 'Look at the sender at that moment, and for a firewall or NAT whose entry runs out while nothing is sent.',
    when: rtpStops,
  },
  {
    id: 'one-way-audio',
    explains: ['no or poor audio'],
    depth: 'effect',
    advice: 'Capture on both sides of the firewall: open its media ports, and look at the address in the description.',
    when: oneWayAudio,
  },
  {
    id: 'no-audio',
    explains: ['no or poor audio'],
    depth: 'effect',
    advice: 'Open the media ports on the firewall for both directions, and look at the addresses in the descriptions.',
    when: noAudio,
  },
  // Calls that end, and what in them does not work.
  {
    id: 'contact-private-address',
    explains: ['dropped'],
    depth: 'root',
    advice: 'Give the PBX its external address for signalling, so that its Contact can be reached from outside.',
    when: contactPrivate,
  },
  {
    id: 'session-timer-expired',
    explains: ['dropped'],
    depth: 'root',
    advice:
      'Let the refresher send its re-INVITE or UPDATE, and the other side accept it; or switch session timers off on this trunk.',
    when: sessionExpired,
  },
  {
    id: 'hold-refused',
    explains: ['dropped', 'set-up failed'],
    depth: 'root',
    advice: 'Allow re-INVITE on the side that refuses, or hold calls inside the PBX, without a re-INVITE to the trunk.',
    when: holdRefused,
  },
  {
    id: 'ack-lost',
    explains: ['dropped'],
    depth: 'link',
    advice:
      'Look at Contact and Record-Route of the 200: a lost ACK mostly goes to an address that cannot be reached, or a firewall drops it.',
    when: ackLost,
  },
  {
    id: 'bye-unanswered',
    explains: ['dropped'],
    depth: 'link',
    advice:
      'Look at where the BYE goes: to the Contact, through each Route. The other side may still have the call up, and bill it.',
    when: byeUnanswered,
  },
  // Digits.
  {
    id: 'dtmf-payload-type-mismatch',
    explains: ['digits lost'],
    depth: 'root',
    advice:
      'Let the sender use the payload type of telephone-event in the other side’s description; or set both to 101.',
    when: mistypedEvents,
  },
  {
    id: 'dtmf-info-despite-rfc4733',
    explains: ['digits lost'],
    depth: 'root',
    advice: 'Set the DTMF mode of the trunk to RFC 4733 (also called RFC 2833); providers do not read digits in INFO.',
    when: infoDespiteEvents,
  },
  // Registrations.
  {
    id: 'registration-not-refreshed',
    explains: ['registration failed'],
    depth: 'root',
    advice:
      'Let the PBX register again well before the time that the registrar grants; look for a service that stopped.',
    when: notRefreshed,
  },
  {
    id: 'registration-failing',
    explains: ['registration failed'],
    depth: 'effect',
    advice: 'Check registrar, user name and password of the trunk, and that the provider expects a registration.',
    when: registrationFailing,
  },
]

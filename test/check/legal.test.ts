import { describe, expect, test } from 'vitest'
import { judge } from '../../src/check/judge.ts'
import { addField, describe as description, lacking, lost, setBody, setField, setUri } from '../support/flow.ts'
import { type Played, callIn, callOut, ping } from '../support/calls.ts'
import { allChecks } from './every-check.ts'

const disturbed = (played: Played): readonly string[] =>
  judge(allChecks, played.evidence)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ check, subject, verdict, actual }) => `${check} ${subject} ${verdict}: ${actual ?? ''}`)

const via = (branch: string, more: string) => `SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bK${branch};${more}`

const legal: readonly (readonly [string, Played])[] = [
  [
    'received and rport on the topmost Via (RFC 3581 §4)',
    callOut({ bends: { '200': setField('Via', via('invite2', 'rport=5060;received=203.0.113.10')) } }),
  ],
  [
    'a Via in another spelling of the same (RFC 3261 §7.3.1)',
    callOut({ bends: { '200': setField('Via', 'SIP / 2.0 / udp  203.0.113.10:5060;rport;branch=z9hG4bKinvite2') } }),
  ],
  [
    'a To with a display name and a tag of its own (RFC 3261 §8.2.6.2)',
    callOut({
      bends: { '180': setField('To', '"Callee" <sip:+12025550100@euc1.vp.sip.sinch.com>;tag=callee') },
    }),
  ],
  [
    'Contact parameters in another order and host in capitals (RFC 3261 §19.1.4)',
    callOut({
      sut: 'pbx',
      bends: {
        '200': setField('Contact', '<sip:b@Edge.example.org;a=1;b=2>'),
        ACK: setUri('sip:b@edge.example.org;b=2;a=1'),
        BYE: setUri('sip:b@edge.example.org;a=1;b=2'),
      },
    }),
  ],
  [
    'a route of two proxies, followed in the reverse order by the client (RFC 3261 §12.1.2)',
    callOut({
      sut: 'pbx',
      bends: {
        '200': addField('Record-Route', '<sip:p2.example.org;lr>, <sip:p1.example.org;lr>'),
        ACK: addField('Route', '<sip:p1.example.org;lr>, <sip:p2.example.org;lr>'),
        BYE: addField('Route', '<sip:p1.example.org;lr>, <sip:p2.example.org;lr>'),
      },
    }),
  ],
  [
    'a strict router in the route: it takes the Request-URI, the target goes last (RFC 3261 §12.2.1.1)',
    callOut({
      sut: 'pbx',
      bends: {
        '200': addField('Record-Route', '<sip:strict.example.org>'),
        ACK: (message) =>
          setUri('sip:strict.example.org')(
            addField('Route', '<sip:+12025550100@18.184.175.4:5060>')(message) ?? message,
          ),
        BYE: (message) =>
          setUri('sip:strict.example.org')(
            addField('Route', '<sip:+12025550100@18.184.175.4:5060>')(message) ?? message,
          ),
      },
    }),
  ],
  [
    'a proxy of the trunk that records itself and takes its own Route away',
    // Sinch documents calls without one (SINCH-ORIG-03).
    callIn({
      profile: 'vonage/eu',
      sut: 'trunk',
      bends: {
        'INVITE 1': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
        '180': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
        '200': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
      },
    }),
  ],
  [
    'a proxy of the PBX that puts its Record-Route before the one that was given (RFC 3261 §16.6)',
    callIn({
      bends: {
        'INVITE 1': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
        '180': addField('Record-Route', '<sip:203.0.113.10;lr>, <sip:18.184.175.4;lr=on>'),
        '200': addField('Record-Route', '<sip:203.0.113.10;lr>, <sip:18.184.175.4;lr=on>'),
        ACK: addField('Route', '<sip:203.0.113.10;lr>'),
        BYE: addField('Route', '<sip:203.0.113.10;lr>'),
      },
    }),
  ],
  [
    'a 180 without Contact makes no dialog and needs no Record-Route',
    callIn({
      bends: {
        'INVITE 1': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
        '180': lacking('Contact'),
        '200': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
      },
    }),
  ],
  [
    'a private Contact behind a proxy that records itself: the proxy is what is reached (IO-NAT-04)',
    callOut({
      bends: {
        '200': (message) =>
          setField(
            'Contact',
            '<sip:b@10.0.0.5>',
          )(addField('Record-Route', '<sip:18.184.175.4;lr>')(message) ?? message),
        ACK: (message) => setUri('sip:b@10.0.0.5')(addField('Route', '<sip:18.184.175.4;lr>')(message) ?? message),
        BYE: (message) => setUri('sip:b@10.0.0.5')(addField('Route', '<sip:18.184.175.4;lr>')(message) ?? message),
      },
    }),
  ],
  [
    'a Contact that is a host name',
    callIn({
      bends: {
        '180': lacking('Contact'),
        '200': setField('Contact', '<sip:b@pbx.example.org>'),
        ACK: setUri('sip:b@pbx.example.org'),
        BYE: setUri('sip:b@pbx.example.org'),
      },
    }),
  ],
  [
    'a withheld caller (RFC 3323 §4.1.1.3) in a call in',
    callIn({
      sut: 'trunk',
      bends: { 'INVITE 1': setField('From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=caller') },
    }),
  ],
  [
    'no packet time asked for, any sent',
    callOut({
      bends: {
        'INVITE 1': setBody(description('pbx', { ptime: 0 })),
        'INVITE 2': setBody(description('pbx', { ptime: 0 })),
      },
      trunk: { ptimeMs: 30 },
    }),
  ],
  [
    'comfort noise that the receiver lists (RFC 3389 §4)',
    callOut({
      bends: {
        'INVITE 1': setBody(description('pbx', { formats: ['0', '13', '101'] })),
        'INVITE 2': setBody(description('pbx', { formats: ['0', '13', '101'] })),
      },
    }),
  ],
  [
    'an answer that numbers a shared codec otherwise: each side sends by the other’s numbers (RFC 3264 §6.1)',
    callOut({
      bends: {
        'INVITE 1': setBody(description('pbx', { formats: ['97'], rtpmaps: ['97 PCMU/8000'] })),
        'INVITE 2': setBody(description('pbx', { formats: ['97'], rtpmaps: ['97 PCMU/8000'] })),
        '200': setBody(description('trunk', { formats: ['0'], rtpmaps: ['0 PCMU/8000'] })),
      },
      trunk: { payloadType: 97 },
      pbx: { payloadType: 0 },
    }),
  ],
  [
    'silence of the side that the other has put on hold (RFC 3264 §8.4)',
    callOut({
      bends: {
        'INVITE 2': setBody(description('pbx', { direction: 'sendonly' })),
        '200': setBody(description('trunk', { direction: 'recvonly' })),
      },
      trunk: null,
    }),
  ],
  ['copies of each message of ours', callOut({ again: { 'INVITE 2': 1, ACK: 1, BYE: 1 } })],
  ['copies of each message of theirs', callOut({ again: { '401': 1, '180': 1, '200': 2 } })],
  [
    'early media: a description in the 183, sound before the 200, and from one side only (RFC 3960 §3)',
    callOut({
      earlyMs: 500,
      bends: {
        '180': (message) =>
          setBody(description('trunk'))(addField('Content-Type', 'application/sdp')(message) ?? message),
      },
    }),
  ],
  ['a call without 180', callOut({ bends: { '180': lost } })],
  ['an OPTIONS that is answered 404: alive all the same (VON-OPT-01)', ping({ status: 404 })],
]

describe('what the RFCs allow is no finding', () => {
  for (const [name, played] of legal)
    test(name, () => {
      expect(disturbed(played)).toEqual([])
    })
})

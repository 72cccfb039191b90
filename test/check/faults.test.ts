import { describe, expect, test } from 'vitest'
import { judge } from '../../src/check/judge.ts'
import type { Finding } from '../../src/core/finding.ts'
import { describe as description, addField, lacking, lost, media, setBody, setField, setUri } from '../support/flow.ts'
import { type Played, callIn, callOut, ping } from '../support/calls.ts'
import { allChecks } from './every-check.ts'
import { contactCases, heldCases } from './held-cases.ts'
import { loopCases } from './loop-cases.ts'
import { phoneCases } from './phone-cases.ts'
import { callOutCases } from './call-out-cases.ts'
import { originationFormCases } from './origination-form-cases.ts'
import { providerCases, transportCases } from './provider-cases.ts'
import { digitCases } from './digit-cases.ts'
import { dialogCases } from './dialog-cases.ts'
import { wireCases } from './wire-cases.ts'

const wrong = (played: Played): readonly Finding[] =>
  judge(allChecks, played.evidence).filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'warn' || verdict === 'error',
  )

const show = ({ check, subject, verdict, atFault }: Finding): string =>
  `${check} ${subject} ${verdict} ${atFault ?? '-'}`

const digest = (realm: string, user = 'user') =>
  setField(
    'Authorization',
    `Digest username="${user}", realm="${realm}", nonce="n1", uri="sip:x", response="0123456789abcdef0123456789abcdef"`,
  )
const challenge = (realm: string) => setField('WWW-Authenticate', `Digest realm="${realm}", nonce="n1"`)
const via = 'SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bKinvite2;rport'

const setBranch = (branch: string) => setField('Via', `SIP/2.0/UDP 203.0.113.10:5060;branch=${branch};rport`)

/** Each bend of a clean call, and all that may be found: its own check, and no other. */
const faults: readonly (readonly [string, Played, readonly string[]])[] = [
  [
    'a realm that is not the documented one (RFC 3261 §22.1)',
    callOut({ bends: { '401': challenge('sip.example.org'), 'INVITE 2': digest('sip.example.org') } }),
    ['auth-realm call 1/INVITE 1 fail trunk'],
  ],
  [
    'credentials for another realm than that of the challenge (RFC 3261 §22.2)',
    callOut({ sut: 'pbx', bends: { 'INVITE 2': digest('sip.example.org') } }),
    ['auth-realm call 1/INVITE 2 fail pbx'],
  ],
  [
    'a wrong password that is accepted',
    callOut({ breaks: ['auth-credentials'] }),
    ['auth-credentials call 1/INVITE 2 fail trunk'],
  ],
  [
    'a user name that is not the configured one',
    callOut({ sut: 'pbx', bends: { 'INVITE 2': digest('euc1.vp.sip.sinch.com', 'other') } }),
    ['auth-credentials call 1/INVITE 2 fail pbx'],
  ],
  [
    'a called number without +',
    callOut({ sut: 'pbx', bends: { 'INVITE 1': setUri('sip:12025550100@euc1.vp.sip.sinch.com') } }),
    ['number-format call 1/INVITE 1 fail pbx'],
  ],
  [
    'a caller without + in a call in',
    callIn({ sut: 'trunk', bends: { 'INVITE 1': setField('From', '<sip:46733478561@18.194.168.245>;tag=caller') } }),
    ['number-format call 1/INVITE 1 fail trunk'],
  ],
  [
    'a caller ID of somebody else',
    callOut({
      sut: 'pbx',
      bends: { 'INVITE 2': setField('From', '<sip:+447700900999@euc1.vp.sip.sinch.com>;tag=caller') },
    }),
    ['caller-id-owned call 1/INVITE 2 fail pbx'],
  ],
  [
    'a caller ID of somebody else that the trunk takes',
    callOut({
      breaks: ['caller-id-owned'],
      bends: { 'INVITE 2': setField('From', '<sip:+447700900999@euc1.vp.sip.sinch.com>;tag=caller') },
    }),
    ['caller-id-owned call 1/INVITE 2 fail trunk'],
  ],
  [
    'an address instead of the host name (SINCH-HOST-08)',
    callOut({ sut: 'pbx', bends: { 'INVITE 2': setUri('sip:+12025550100@18.184.175.4') } }),
    ['request-uri-host call 1/INVITE 2 fail pbx'],
  ],
  [
    'a From with the domain of the PBX',
    callOut({
      sut: 'pbx',
      bends: { 'INVITE 2': setField('From', '<sip:+447700900123@pbx.example.org>;tag=caller') },
    }),
    ['from-host call 1/INVITE 2 warn pbx'],
  ],
  [
    'a Via that is rewritten (RFC 3261 §8.2.6.2)',
    callOut({ bends: { '180': setField('Via', `${via};alg=1`) } }),
    ['via-echoed call 1/INVITE 2 fail trunk'],
  ],
  [
    'a Via whose branch is rewritten',
    callOut({ bends: { '180': setField('Via', via.replace('invite2', 'other')) } }),
    ['via-echoed call 1/INVITE 2 fail trunk'],
  ],
  [
    'a From that is rewritten (RFC 3261 §8.2.6.2)',
    callOut({ bends: { '180': setField('From', '<sip:+447700900123@trunk.example.org>;tag=caller') } }),
    ['response-echo call 1/INVITE 2 fail trunk'],
  ],
  [
    'a Call-ID that is rewritten: the response is known by its branch (RFC 3261 §17.1.3)',
    callOut({ bends: { '180': setField('Call-ID', 'other@example.org') } }),
    ['response-echo call 1/INVITE 2 fail trunk'],
  ],
  [
    'a CSeq that is rewritten',
    callOut({ bends: { '180': setField('CSeq', '7 INVITE') } }),
    ['response-echo call 1/INVITE 2 fail trunk'],
  ],
  [
    'a response without a To tag (RFC 3261 §8.2.6.2)',
    callOut({ bends: { '180': setField('To', '<sip:+12025550100@euc1.vp.sip.sinch.com>') } }),
    ['to-tag call 1/INVITE 2 fail trunk'],
  ],
  [
    'a branch without the cookie (RFC 3261 §8.1.1.7)',
    callOut({ sut: 'pbx', bends: { BYE: setBranch('bye'), '200 BYE': setBranch('bye') } }),
    ['branch-cookie call 1 fail pbx'],
  ],
  [
    'a BYE with the branch of the INVITE',
    callOut({ sut: 'pbx', bends: { BYE: setBranch('z9hG4bKinvite2'), '200 BYE': setBranch('z9hG4bKinvite2') } }),
    ['branch-cookie call 1 fail pbx'],
  ],
  [
    'a BYE with the branch of the ACK before it',
    callOut({ sut: 'pbx', bends: { BYE: setBranch('z9hG4bKack'), '200 BYE': setBranch('z9hG4bKack') } }),
    ['branch-cookie call 1 fail pbx'],
  ],
  [
    'an ACK to a 2xx with the branch of its INVITE',
    callOut({ sut: 'pbx', bends: { ACK: setBranch('z9hG4bKinvite2') } }),
    ['branch-cookie call 1 fail pbx'],
  ],
  [
    'an ACK to a refusal with a branch of its own (RFC 3261 §17.1.1.3)',
    callOut({ sut: 'pbx', bends: { 'ACK 401': setBranch('z9hG4bKother') } }),
    ['branch-cookie call 1 fail pbx'],
  ],
  [
    'a retry with the number of the INVITE that was challenged (RFC 3261 §22.2)',
    callOut({
      sut: 'pbx',
      bends: {
        'INVITE 2': setField('CSeq', '1 INVITE'),
        '180': setField('CSeq', '1 INVITE'),
        '200': setField('CSeq', '1 INVITE'),
        ACK: setField('CSeq', '1 ACK'),
        BYE: setField('CSeq', '2 BYE'),
        '200 BYE': setField('CSeq', '2 BYE'),
      },
    }),
    ['cseq-order call 1 fail pbx'],
  ],
  [
    'a BYE whose number is not higher than that of the INVITE (RFC 3261 §12.2.1.1)',
    callOut({
      sut: 'pbx',
      bends: { BYE: setField('CSeq', '2 BYE'), '200 BYE': setField('CSeq', '2 BYE') },
    }),
    ['cseq-order call 1 fail pbx'],
  ],
  [
    'a BYE that leaves numbers out: no error to who receives it (RFC 3261 §12.2.2)',
    callOut({
      sut: 'pbx',
      bends: { BYE: setField('CSeq', '9 BYE'), '200 BYE': setField('CSeq', '9 BYE') },
    }),
    ['cseq-order call 1 warn pbx'],
  ],
  [
    'an ACK to a refusal with another number than its INVITE (RFC 3261 §17.1.1.3)',
    callOut({ sut: 'pbx', bends: { 'ACK 401': setField('CSeq', '2 ACK') } }),
    ['cseq-order call 1 fail pbx'],
  ],
  [
    'a CSeq of another method than its request (RFC 3261 §8.1.1.5)',
    callOut({ sut: 'pbx', bends: { BYE: setField('CSeq', '3 INFO'), '200 BYE': setField('CSeq', '3 INFO') } }),
    ['cseq-order call 1 fail pbx'],
  ],
  [
    'a To that is rewritten (RFC 3261 §8.2.6.2)',
    callIn({ bends: { '180': setField('To', '<sip:+12025550142@pbx.example.org>;tag=callee') } }),
    ['to-echoed call 1/INVITE 1 fail pbx'],
  ],
  [
    'a To that loses a parameter of its URI',
    callIn({ bends: { '180': setField('To', '<sip:+12025550142@203.0.113.10:5060>;tag=callee') } }),
    ['to-echoed call 1/INVITE 1 fail pbx'],
  ],
  [
    'a BYE to the Contact without its parameters (RFC 3261 §12.2.1.1)',
    callOut({
      sut: 'pbx',
      bends: {
        '200': setField('Contact', '<sip:trunk@18.184.175.4;did=1>'),
        BYE: setUri('sip:trunk@18.184.175.4'),
        ACK: setUri('sip:trunk@18.184.175.4;did=1'),
      },
    }),
    ['in-dialog-target call 1/BYE 1 fail pbx'],
  ],
  [
    'an ACK to the address of the INVITE instead of the Contact (RFC 3261 §13.2.2.4)',
    callOut({ sut: 'pbx', bends: { ACK: setUri('sip:+12025550100@euc1.vp.sip.sinch.com') } }),
    ['in-dialog-target call 1/ACK 1 fail pbx'],
  ],
  [
    'a Record-Route that does not come back (RFC 3261 §12.1.1)',
    callIn({ bends: { 'INVITE 1': addField('Record-Route', '<sip:18.184.175.4;lr=on>') } }),
    ['route-set call 1/INVITE 1 fail pbx'],
  ],
  [
    'a BYE whose Route lost the value of lr=on',
    callOut({
      sut: 'pbx',
      bends: {
        '200': addField('Record-Route', '<sip:18.184.175.4;lr=on>'),
        ACK: addField('Route', '<sip:18.184.175.4;lr=on>'),
        BYE: addField('Route', '<sip:18.184.175.4;lr>'),
      },
    }),
    ['route-set call 1/BYE 1 fail pbx'],
  ],
  [
    'a private Contact behind a public address (IO-NAT-02)',
    callIn({
      bends: {
        '200': setField('Contact', '<sip:+12025550100@10.0.0.5:5060>'),
        ACK: setUri('sip:+12025550100@10.0.0.5:5060'),
        BYE: setUri('sip:+12025550100@10.0.0.5:5060'),
      },
    }),
    ['contact-scope call 1/INVITE 1 warn pbx'],
  ],
  [
    'a request without rport (RFC 3581 §3)',
    callOut({
      sut: 'pbx',
      bends: {
        BYE: setField('Via', 'SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bKbye'),
        '200 BYE': setField('Via', 'SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bKbye'),
      },
    }),
    ['via-rport call 1 warn pbx'],
  ],
  [
    'an offer of no documented codec',
    callOut({
      sut: 'pbx',
      bends: { 'INVITE 1': setBody(description('pbx', { formats: ['3'], rtpmaps: ['3 GSM/8000'] })) },
    }),
    ['codec-offered call 1/INVITE 1 fail pbx'],
  ],
  [
    'an offer with a codec more than is documented: advice only',
    callOut({
      sut: 'pbx',
      bends: { 'INVITE 2': setBody(description('pbx', { formats: ['0', '9', '101'] })) },
    }),
    ['codec-offered call 1/INVITE 2 warn pbx'],
  ],
  [
    'an answer with a codec that the trunk does not document',
    callOut({ bends: { '200': setBody(description('trunk', { formats: ['0', '9'] })) } }),
    ['codec-offered call 1/INVITE 2 fail trunk'],
  ],
  [
    'an answer that shares no codec with the offer (RFC 3264 §6)',
    callOut({
      pbx: null,
      trunk: null,
      talkMs: 0,
      bends: { '200': setBody(description('trunk', { formats: ['8'], rtpmaps: ['8 PCMA/8000'] })) },
    }),
    ['codec-shared call 1/INVITE 2 fail trunk'],
  ],
  [
    'a 200 without the answer that it owes (RFC 3261 §13.2.1)',
    callOut({ pbx: null, trunk: null, talkMs: 0, bends: { '200': lacking('Content-Type') } }),
    ['codec-shared call 1/INVITE 2 fail trunk'],
  ],
  [
    'packets of a payload type that the receiver does not list (RFC 3264 §5.1)',
    callOut({ trunk: { payloadType: 111 } }),
    ['payload-type-in-sdp stream trunk>pbx 1 fail trunk'],
  ],
  [
    'comfort noise that is not negotiated (RFC 3389 §4)',
    callOut({ trunk: { payloadType: 13 } }),
    ['payload-type-in-sdp stream trunk>pbx 1 fail trunk'],
  ],
  [
    'packets of twice the packet time that is asked for',
    callOut({ trunk: { ptimeMs: 40 } }),
    ['ptime stream trunk>pbx 1 warn trunk'],
  ],
  [
    'a media port out of the documented range',
    callOut({
      bends: { '200': setBody(description('trunk', { port: 60002 })) },
      trunk: { source: { ...media.trunk, port: 60002 } },
      pbx: { destination: { ...media.trunk, port: 60002 } },
    }),
    ['rtp-port-range call 1/INVITE 2 fail trunk', 'rtp-port-range stream trunk>pbx 1 fail trunk'],
  ],
  [
    'a media address that is not documented',
    callOut({
      bends: { '200': setBody(description('trunk', { address: '18.184.175.4' })) },
      trunk: { source: { ...media.trunk, address: '18.184.175.4' } },
      pbx: { destination: { ...media.trunk, address: '18.184.175.4' } },
    }),
    ['rtp-address call 1/INVITE 2 fail trunk', 'rtp-address stream trunk>pbx 1 fail trunk'],
  ],
  [
    'a private media address behind a public one (IO-NAT-01)',
    callOut({
      sut: 'pbx',
      pbx: null,
      bends: { 'INVITE 1': setBody(description('pbx', { address: '10.0.0.5' })) },
      until: 'INVITE 2',
    }),
    ['rtp-address call 1/INVITE 1 fail pbx'],
  ],
  ['no packet of one side', callOut({ trunk: null }), ['rtp-arrives call 1/audio 1 fail undecided']],
  ['every tenth packet lost', callOut({ trunk: { loses: 10 } }), ['rtp-arrives call 1/audio 1 fail undecided']],
  ['silence instead of sound', callOut({ trunk: { silent: true } }), ['audio-heard call 1/audio 1 fail trunk']],
  [
    'another tone than the one that is to be echoed',
    callOut({ trunk: { hz: 440 } }),
    ['audio-heard call 1/audio 1 fail trunk'],
  ],
  [
    'a 200 that is never acknowledged (RFC 3261 §13.3.1.4)',
    callIn({ sut: 'trunk', bends: { ACK: lost }, again: { '200': 3 } }),
    ['ack-arrives call 1/INVITE 1 fail trunk'],
  ],
  [
    'a 401 that is never acknowledged (RFC 3261 §17.1.1.3)',
    callOut({ sut: 'pbx', bends: { 'ACK 401': lost }, again: { '401': 3 } }),
    ['ack-arrives call 1/INVITE 1 fail pbx'],
  ],
  [
    'a BYE that is not answered',
    callOut({ bends: { '200 BYE': lost }, again: { BYE: 4 } }),
    ['bye-answered call 1/BYE 1 fail trunk'],
  ],
  ...providerCases,
  ...heldCases,
  ...contactCases,
  ...originationFormCases,
  ...callOutCases,
  ...loopCases,
  ...phoneCases,
  ...transportCases,
  ...wireCases,
  ...dialogCases,
  ...digitCases,
  ['an OPTIONS that is not answered', ping({ copies: 4 }), ['options-answered OPTIONS 1 fail trunk']],
]

describe('one thing bent is found by its own check, and by no other', () => {
  for (const [name, played, expected] of faults)
    test(name, () => {
      expect(wrong(played).map(show)).toEqual(expected)
      for (const finding of wrong(played)) {
        expect(finding.frames.length).toBeGreaterThan(0)
        expect(finding.advice).toBeTruthy()
      }
    })
  test('every check that judges a message, a stream or a duty is among them', () => {
    const found = new Set(faults.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[0])))
    expect(
      allChecks
        .map(({ id }) => id)
        .filter((id) => !found.has(id))
        .sort(),
    ).toEqual(['ladder', 'sut-unreachable'])
  })
})

import { addField, describe as description, lacking, setBody, setField } from '../support/flow.ts'
import { callIn, callOut } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

const answered = (of: Parameters<typeof description>[1]) =>
  callOut({ bends: { '200': setBody(description('trunk', of)) } })
const offered = (of: Parameters<typeof description>[1], sut: 'pbx' | 'trunk') =>
  callOut({
    sut,
    bends: {
      'INVITE 1': setBody(description('pbx', of)),
      'INVITE 2': setBody(description('pbx', of)),
      '200': setBody(description('trunk', { direction: 'inactive' })),
    },
  })
type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
/** Who offers that, and gets that. */
const exchanged = (offer: Direction, answer: Direction) =>
  callOut({
    pbx: null,
    trunk: null,
    talkMs: 0,
    until: 'ACK',
    bends: {
      'INVITE 1': setBody(description('pbx', { direction: offer })),
      'INVITE 2': setBody(description('pbx', { direction: offer })),
      '200': setBody(description('trunk', { direction: answer })),
    },
  })
const withMore = (side: 'pbx' | 'trunk', lines: string) =>
  setBody(Buffer.concat([description(side), Buffer.from(lines)]))
const video = 'm=video 40000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'
const refusedVideo = 'm=video 0 RTP/AVP 96\r\n'
const streams = (offered: string, given: string) =>
  callOut({
    bends: {
      'INVITE 1': withMore('pbx', offered),
      'INVITE 2': withMore('pbx', offered),
      '200': withMore('trunk', given),
    },
  })
const wrongDirection = ['sdp-direction call 1/INVITE 2 fail trunk']
const wrongStreams = ['sdp-streams call 1/INVITE 2 fail trunk']
const contact = (value: string, sut: 'pbx' | 'trunk') =>
  callOut({
    sut,
    pbx: null,
    trunk: null,
    talkMs: 0,
    until: 'ACK',
    bends: { [sut === 'pbx' ? 'INVITE 2' : '200']: setField('Contact', value) },
  })

const trunkHolds = ['rtp-arrives call 1/audio 1 fail trunk']

/** Descriptions that stand in the way of audio, and all that may be found. */
export const heldCases: readonly Case[] = [
  ['an answer that lets nothing through (RFC 3264 §6.1)', answered({ direction: 'inactive' }), trunkHolds],
  ['an answer that only hears', answered({ direction: 'recvonly' }), trunkHolds],
  ['an answer that only speaks', answered({ direction: 'sendonly' }), trunkHolds],
  ['an answer that refuses the audio with port 0 (RFC 3264 §6)', answered({ port: 0 }), trunkHolds],
  ['an answer with the address 0.0.0.0 (RFC 3264 §8.4)', answered({ address: '0.0.0.0' }), trunkHolds],
  [
    'an answer with the address 0.0.0.0 to a call in',
    callIn({ bends: { '200': setBody(description('pbx', { address: '0.0.0.0' })) } }),
    ['rtp-arrives call 1/audio 1 fail pbx'],
  ],
  [
    'an offer that lets nothing through: the answer can give no more',
    offered({ direction: 'inactive' }, 'pbx'),
    ['rtp-arrives call 1/audio 1 fail pbx'],
  ],
  ['a hold that is answered sendrecv (RFC 3264 §6.1)', exchanged('sendonly', 'sendrecv'), wrongDirection],
  ['a hold that is answered sendonly', exchanged('sendonly', 'sendonly'), wrongDirection],
  ['an inactive stream that is answered recvonly', exchanged('inactive', 'recvonly'), wrongDirection],
  ['a stream that is offered recvonly and answered recvonly', exchanged('recvonly', 'recvonly'), wrongDirection],
  ['a hold that is answered recvonly', exchanged('sendonly', 'recvonly'), []],
  ['a hold that is answered inactive', exchanged('sendonly', 'inactive'), []],
  ['an inactive stream that stays so', exchanged('inactive', 'inactive'), []],
  ['an answer with a stream that nobody offered (RFC 3264 §6)', streams('', video), wrongStreams],
  ['an answer without a stream that was offered', streams(video, ''), wrongStreams],
  ['an answer with another stream than was offered', streams(video, video.replace('video', 'text')), wrongStreams],
  ['an answer that refuses a stream in its place', streams(video, refusedVideo), []],
]

/** Contact and Record-Route of who makes a call. */
export const contactCases: readonly Case[] = [
  [
    'a 200 without a Contact (RFC 3261 §12.1.1)',
    callOut({ bends: { '200': lacking('Contact') } }),
    ['contact-present call 1/INVITE 2 fail trunk'],
  ],
  [
    'an INVITE without a Contact (RFC 3261 §8.1.1.8)',
    callOut({ sut: 'pbx', bends: { 'INVITE 2': lacking('Contact') } }),
    ['contact-present call 1/INVITE 2 fail pbx'],
  ],
  ['a 180 without a Contact (RFC 3261 §20, table 2)', callOut({ bends: { '180': lacking('Contact') } }), []],
  ['a Contact that cannot be read', contact('<sip:trunk', 'trunk'), ['contact-present call 1/INVITE 2 fail trunk']],
  [
    'a Contact that is no SIP URI',
    contact('<mailto:trunk@example.org>', 'trunk'),
    ['contact-present call 1/INVITE 2 fail trunk'],
  ],
  [
    'two Contacts in an INVITE',
    contact('<sip:a@203.0.113.10>, <sip:b@203.0.113.10>', 'pbx'),
    ['contact-present call 1/INVITE 2 fail pbx'],
  ],
  ['a Contact without angle brackets (RFC 3261 §20.10)', contact('sip:a@203.0.113.10;q=1', 'pbx'), []],
  [
    'a Record-Route that is no URI (RFC 3261 §20.30)',
    callOut({ bends: { '200': addField('Record-Route', 'garbage') } }),
    ['route-set call 1/INVITE 2 fail trunk'],
  ],
  [
    'a Record-Route that is no URI, and is given back as it came',
    callOut({
      bends: { 'INVITE 2': addField('Record-Route', 'garbage'), '200': addField('Record-Route', 'garbage') },
      breaks: ['route-set'],
    }),
    [],
  ],
]

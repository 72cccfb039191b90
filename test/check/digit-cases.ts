import { buildRequest, buildResponse } from '../../src/sip/serialize.ts'
import type { FieldDraft, Message } from '../../src/sip/message.ts'
import type { Side } from '../../src/core/finding.ts'
import { type Bend, describe, setBody } from '../support/flow.ts'
import { callOut } from '../support/calls.ts'
import type { Played } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

/** The digits 1 and 2, ten packets each, as SIPp 3.6.1 plays them from its dtmf_2833_1.pcap and dtmf_2833_2.pcap: RTP, the event in the last word. */
export const sipp = [
  '80e51f30000033e00e05384e010a0000',
  '80651f31000033e00e05384e010a0140',
  '80651f32000033e00e05384e010a0280',
  '80651f33000033e00e05384e010a03c0',
  '80651f34000033e00e05384e010a0500',
  '80651f35000033e00e05384e010a0640',
  '80651f36000033e00e05384e010a0780',
  '80651f37000033e00e05384e018a08c0',
  '80651f37000033e00e05384e018a08c0',
  '80651f37000033e00e05384e018a08c0',
  '80e51f6a00005aa00e05384e020a0000',
  '80651f6b00005aa00e05384e020a0140',
  '80651f6c00005aa00e05384e020a0280',
  '80651f6d00005aa00e05384e020a03c0',
  '80651f6e00005aa00e05384e020a0500',
  '80651f6f00005aa00e05384e020a0640',
  '80651f7000005aa00e05384e020a0780',
  '80651f7100005aa00e05384e028a08c0',
  '80651f7100005aa00e05384e028a08c0',
  '80651f7100005aa00e05384e028a08c0',
]

/** Octets of those packets: 4 to 7 are the timestamp, 13 has the end bit and the volume, 14 and 15 the duration. */
export const setOctet = (hex: string, at: number, value: number): string =>
  hex.slice(0, at * 2) + value.toString(16).padStart(2, '0') + hex.slice(at * 2 + 2)
const isLast = (hex: string): boolean => hex.slice(26, 28) === '8a'

const pressed = (edit: (hex: string, index: number) => string | undefined = (same) => same, digits = '12'): Played =>
  callOut({
    sut: 'pbx',
    presses: {
      digits,
      out: sipp.flatMap((hex, index) => {
        const bent = edit(hex, index)
        return bent === undefined ? [] : [Uint8Array.from(Buffer.from(bent, 'hex'))]
      }),
    },
  })

const dialog = (seq: number): readonly FieldDraft[] => [
  ['Via', `SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bKinfo${seq};rport`],
  ['From', '<sip:+12025550142@euc1.vp.sip.sinch.com>;tag=caller'],
  ['To', '<sip:+12025550100@euc1.vp.sip.sinch.com>;tag=callee'],
  ['Call-ID', 'c1@example.org'],
  ['CSeq', `${seq} INFO`],
]
const info = (seq: number, digit: string): readonly Message[] => [
  buildRequest({
    method: 'INFO',
    requestUri: 'sip:+12025550100@18.184.175.4:5060',
    fields: [...dialog(seq), ['Max-Forwards', '70'], ['Content-Type', 'application/dtmf-relay']],
    body: Uint8Array.from(Buffer.from(`Signal=${digit}\r\nDuration=160\r\n`)),
  }),
  buildResponse({ status: 200, reason: 'OK', fields: dialog(seq) }),
]

const events = 'stream pbx>trunk 2'

const opus = ['107 opus/48000/2', '0 PCMU/8000', '101 telephone-event/8000', '96 telephone-event/48000']

/** A call out whose descriptions list these, where any are given. */
const answered = (offer: readonly string[], answer: readonly string[]): Played => {
  const body = (side: Side, rtpmaps: readonly string[]): Bend =>
    setBody(describe(side, { rtpmaps, formats: rtpmaps.map((map) => map.split(' ')[0] ?? '') }))
  const invite = body('pbx', offer)
  const offers = offer.length === 0 ? {} : { 'INVITE 1': invite, 'INVITE 2': invite }
  return callOut({ bends: { ...offers, 200: body('trunk', answer) } })
}

/** Digits that are pressed in a call, one thing bent, and all that may be found. */
export const digitCases: readonly Case[] = [
  ['digits as SIPp plays them', pressed(), []],
  ['a digit that does not arrive', pressed(undefined, '123'), ['dtmf-received call 1/dtmf 1 fail pbx']],
  ['digits in another order', pressed(undefined, '21'), ['dtmf-received call 1/dtmf 1 fail pbx']],
  [
    'a digit too short to be taken for one (ITU-T Q.24)',
    pressed((hex, index) => (index < 10 ? setOctet(setOctet(hex, 14, 0), 15, 0xa0) : hex)),
    ['dtmf-received call 1/dtmf 1 fail pbx'],
  ],
  [
    'a digit too quiet to be taken for one',
    pressed((hex) => setOctet(hex, 13, isLast(hex) ? 0x80 | 50 : 50)),
    ['dtmf-received call 1/dtmf 1 fail pbx'],
  ],
  [
    'an event that never ends (RFC 4733 §2.5.1.2)',
    pressed((hex, index) => (isLast(hex) && index > 9 ? setOctet(hex, 13, 10) : hex)),
    [`dtmf-events ${events} fail pbx`],
  ],
  [
    'a duration that goes back (RFC 4733 §2.5.1.2)',
    pressed((hex, index) => (index === 5 ? setOctet(setOctet(hex, 14, 1), 15, 0) : hex)),
    [`dtmf-events ${events} fail pbx`],
  ],
  [
    'a timestamp that changes in the last packets of an event',
    pressed((hex, index) => (isLast(hex) && index % 10 > 7 ? setOctet(hex, 5, index) : hex)),
    [`dtmf-events ${events} fail pbx`],
  ],
  [
    'no marker on the first packet of an event (RFC 4733 §2.5.1.2)',
    pressed((hex, index) => (index === 0 ? setOctet(hex, 1, 0x65) : hex)),
    [`dtmf-events ${events} fail pbx`],
  ],
  [
    'an end that is told once (RFC 4733 §2.5.1.4: SHOULD)',
    pressed((hex, index) => (index % 10 > 7 ? undefined : hex)),
    [`dtmf-events ${events} warn pbx`],
  ],
  [
    'events of a payload type that nobody lists',
    pressed((hex) => setOctet(hex, 1, (Number.parseInt(hex.slice(2, 4), 16) & 0x80) | 121)),
    [`payload-type-in-sdp ${events} fail pbx`],
  ],
  [
    'digits by INFO, where telephone-event is agreed on',
    callOut({ sut: 'pbx', presses: { digits: '5', out: info(3, '5') }, until: 'BYE' }),
    ['dtmf-by-events call 1 warn pbx'],
  ],
  [
    'telephone-event of a clock rate that no codec beside it has (RFC 4733 §2.1)',
    answered([], ['0 PCMU/8000', '101 telephone-event/16000']),
    ['event-clock-rate call 1 fail trunk'],
  ],
  ['telephone-event of each clock rate', answered(opus, opus), []],
  [
    'no telephone-event for the codec that an answer chooses, though the offer has it',
    answered(opus, ['107 opus/48000/2', '0 PCMU/8000', '101 telephone-event/8000']),
    ['event-clock-rate call 1 warn trunk'],
  ],
]

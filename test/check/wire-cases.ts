import type { Endpoint } from '../../src/core/frame.ts'
import { type Bend, lacking, setField, signalling } from '../support/flow.ts'
import { callIn, callOut } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

const elsewhere: Endpoint = { address: signalling.pbx.address, port: 5062 }
const port = (of: Endpoint, other: number): Endpoint => ({ ...of, port: other })

/** The same bytes but for that line. */
const edited =
  (line: RegExp, by: string): Bend =>
  (message) => ({
    ...message,
    wire: Uint8Array.from(Buffer.from(Buffer.from(message.wire).toString('latin1').replace(line, by), 'latin1')),
  })
const length = /Content-Length: \d+\r\n/
const plainVia = (branch: string) => setField('Via', `SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bK${branch}`)

/** What RFC 3261 asks of every request and response on the wire, bent one thing at a time, and all that may be found. */
export const wireCases: readonly Case[] = [
  [
    'a request without Max-Forwards (RFC 3261 §8.1.1.6)',
    callOut({ sut: 'pbx', bends: { BYE: lacking('Max-Forwards') } }),
    ['max-forwards call 1 fail pbx'],
  ],
  [
    'a request with no hop left (RFC 3261 §16.3)',
    callOut({ sut: 'pbx', bends: { 'INVITE 2': setField('Max-Forwards', '0') } }),
    ['max-forwards call 1 fail pbx'],
  ],
  [
    'Max-Forwards above what it can hold (RFC 3261 §20.22)',
    callOut({ sut: 'pbx', bends: { BYE: setField('Max-Forwards', '256') } }),
    ['max-forwards call 1 fail pbx'],
  ],
  [
    'another Max-Forwards than 70 (RFC 3261 §8.1.1.6: SHOULD)',
    callOut({ sut: 'pbx', bends: { BYE: setField('Max-Forwards', '20') } }),
    [],
  ],
  [
    'a message in a stream without Content-Length (RFC 3261 §20.14)',
    callOut({ sut: 'pbx', over: 'tcp', bends: { BYE: edited(length, '') } }),
    ['content-length call 1 fail pbx'],
  ],
  [
    'a datagram without Content-Length (RFC 3261 §18.3)',
    callOut({ sut: 'pbx', bends: { BYE: edited(length, '') } }),
    [],
  ],
  [
    'Content-Length in its short form, in a stream',
    callOut({ sut: 'pbx', over: 'tcp', bends: { BYE: edited(length, 'l: 0\r\n') } }),
    [],
  ],
  [
    'more bytes in a stream than Content-Length says (RFC 3261 §18.3)',
    callOut({
      over: 'tcp',
      bends: { '200 BYE': edited(/Content-Length: 0\r\n\r\n/, 'Content-Length: 0\r\n\r\nleft over\r\n') },
    }),
    ['content-length call 1 fail trunk'],
  ],
  [
    'a response over UDP to a request over TCP (RFC 3261 §18.2.2)',
    callIn({ over: 'tcp', ways: { '180': { source: elsewhere } } }),
    ['response-path call 1/INVITE 1 fail pbx'],
  ],
  [
    'a response over a connection of its own, that of the request still open (RFC 3261 §18.2.2)',
    callIn({ over: 'tcp', ways: { '180': { destination: port(signalling.trunk, 40_000) } } }),
    ['response-path call 1/INVITE 1 fail pbx'],
  ],
  [
    'a response over a connection of its own, where nothing shows that the one of the request was open',
    callIn({ over: 'tcp', ways: { '200 BYE': { destination: port(signalling.trunk, 40_000) } } }),
    [],
  ],
  [
    'a response from another port than the request with rport came to (RFC 3581 §4)',
    callIn({ ways: { '180': { source: elsewhere } } }),
    ['response-path call 1/INVITE 1 fail pbx'],
  ],
  [
    'a response to another port than the request with rport came from (RFC 3581 §4)',
    callIn({ ways: { '180': { destination: port(signalling.trunk, 40_000) } } }),
    ['response-path call 1/INVITE 1 fail pbx'],
  ],
  [
    'a response from another port, where no rport asks for it',
    callOut({
      bends: { BYE: plainVia('bye'), '200 BYE': plainVia('bye') },
      ways: { '200 BYE': { source: port(signalling.trunk, 5062) } },
    }),
    ['via-rport call 1 error harness'],
  ],
  [
    'a Content-Length that is no number (RFC 3261 §20.14)',
    callOut({ bends: { '180': edited(length, 'Content-Length: abc\r\n') } }),
    ['sip-readable run fail trunk'],
  ],
  [
    'a Content-Length beyond what follows (RFC 3261 §18.3)',
    callOut({ over: 'tcp', bends: { '180': edited(length, 'Content-Length: 4000000000\r\n') } }),
    ['sip-readable run fail trunk'],
  ],
  [
    'a line that is no header field (RFC 3261 §7.3.1)',
    callIn({ bends: { '180': edited(length, 'Content-Length: 0\r\nno field\r\n') } }),
    ['sip-readable run fail pbx'],
  ],
  [
    'bytes that no one of the call sent',
    callIn({
      bends: { '180': edited(length, 'Content-Length: abc\r\n') },
      ways: { '180': { source: { address: '198.51.100.9', port: 5060 } } },
    }),
    [],
  ],
]

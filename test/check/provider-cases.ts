import { embeddedNumbers } from '../../src/run/numbers.ts'
import { type Bend, addField, lost, setField, setStatus, setUri } from '../support/flow.ts'
import { type Played, callIn, callOut } from '../support/calls.ts'

/** One thing bent of what a provider documents, and all that may be found. */
export type Case = readonly [string, Played, readonly string[]]

const refusedIn = (status: number, reason: string, cause?: string): Played => {
  const refused = setStatus(status, reason)
  const told: Bend = (message) => {
    const refusal = refused(message)
    return refusal && (cause === undefined ? refusal : addField('Reason', cause)(refusal))
  }
  return callIn({ bends: { '180': told }, until: '200' })
}

const bareContact = (uri: string) => setField('Contact', `<${uri}>`)
const edge = (uri: string) => addField('Record-Route', `<${uri};lr>`)

export const transportCases: readonly Case[] = [
  ['a call over TCP', callOut({ over: 'tcp' }), []],
  [
    'a Contact over TCP that asks for UDP (RFC 3263 §4.1)',
    callIn({ over: 'tcp', bends: { '200': bareContact('sip:a@203.0.113.10:5060'), ACK: lost, BYE: lost } }),
    ['contact-transport call 1/INVITE 1 warn pbx'],
  ],
  [
    'a Contact over TCP that leaves the transport to the DNS',
    callIn({ over: 'tcp', bends: { '200': bareContact('sip:pbx.example.org') }, until: 'ACK' }),
    [],
  ],
  [
    'a proxy that records a route over UDP for a call over TCP',
    callOut({ over: 'tcp', bends: { '200': edge('sip:18.184.175.4') }, until: 'ACK' }),
    ['contact-transport call 1/INVITE 2 warn trunk'],
  ],
  [
    'a proxy between TCP and UDP, which records both: the Contact behind it is not ours to reach',
    callOut({
      over: 'tcp',
      bends: {
        '200': addField('Record-Route', '<sip:18.184.175.4;lr>, <sip:18.184.175.4;transport=tcp;lr>'),
        '180': lost,
      },
      until: 'ACK',
    }),
    [],
  ],
]

/** The number in To, that of the callee, is the one whose line is busy. */
const toBusy = { numbers: { ...embeddedNumbers, busy: '+12025550100' } }

const toOther = (host: string): Readonly<Record<string, Bend>> => ({
  'INVITE 1': setUri(`sip:+12025550100@${host}`),
  'INVITE 2': setUri(`sip:+12025550100@${host}`),
})

export const providerCases: readonly Case[] = [
  [
    'a call in the documented form that finds no number (SINCH-ORIG-11)',
    refusedIn(404, 'Not Found'),
    ['call-in-accepted call 1/INVITE 1 fail pbx'],
  ],
  ['a call in to a line that is busy: nothing is wrong with its form', refusedIn(486, 'Busy Here'), []],
  [
    'a PBX that asks the provider for credentials (SINCH-ORIG-13)',
    refusedIn(401, 'Unauthorized'),
    ['provider-not-challenged call 1/INVITE 1 fail pbx'],
  ],
  [
    'a custom header field whose name is too long with and without its prefix (SINCH-XHDR-04, AMB-04)',
    callIn({ sut: 'trunk', bends: { 'INVITE 1': addField(`X-${'a'.repeat(51)}`, 'b') } }),
    ['custom-header-limits call 1/INVITE 1 fail trunk'],
  ],
  [
    'a custom header field that is too large by itself (SINCH-XHDR-03)',
    callOut({ sut: 'pbx', bends: { 'INVITE 1': addField('X-a', 'b'.repeat(1025)) } }),
    ['custom-header-limits call 1/INVITE 1 fail pbx'],
  ],
  [
    'custom header fields that are too long in one reading of the document only (AMB-04)',
    callIn({ sut: 'trunk', bends: { 'INVITE 1': addField(`X-${'a'.repeat(50)}`, 'b'.repeat(1024)) } }),
    [],
  ],
  [
    'a call to an address that is answered, although the provider documents that it is not (SINCH-HOST-08)',
    callOut({
      breaks: ['request-uri-host'],
      bends: { 'INVITE 1': setUri('sip:+12025550100@192.0.2.5') },
      until: 'INVITE 2',
    }),
    ['literal-host-ignored call 1/INVITE 1 warn trunk'],
  ],
  [
    'calls to a host of the other platform: which platform serves it is not documented (SINCH-INFRA-01, AMB-14)',
    callOut({ sut: 'pbx', bends: toOther('use1.sip.sinch.com') }),
    ['request-uri-host call 1/INVITE 1 warn pbx', 'request-uri-host call 1/INVITE 2 warn pbx'],
  ],
  [
    'a call to a host of neither platform (SINCH-HOST-01)',
    callOut({ sut: 'pbx', bends: toOther('euc9.sip.sinch.com'), until: 'INVITE 2' }),
    ['request-uri-host call 1/INVITE 1 fail pbx'],
  ],
  [
    'a call to the host of the other platform, where the user gives it as the domain of the trunk',
    callOut({
      sut: 'pbx',
      contract: { domain: 'euc1.sip.sinch.com' },
      bends: toOther('EUC1.sip.sinch.com'),
      until: '401',
    }),
    ['from-host call 1/INVITE 1 warn pbx', 'to-is-target call 1/INVITE 1 warn pbx'],
  ],
  [
    'a call to a host of the other platform that the trunk connects (SINCH-INFRA-01)',
    callOut({ breaks: ['request-uri-host'], bends: toOther('euc1.sip.sinch.com') }),
    ['other-platform-host call 1/INVITE 2 warn trunk'],
  ],
  [
    'a call to a host of the other platform that is challenged in the realm of that',
    callOut({
      breaks: ['request-uri-host'],
      bends: {
        ...toOther('euc1.sip.sinch.com'),
        '401': setField('WWW-Authenticate', 'Digest realm="sip.sinch.com", nonce="n1", algorithm=MD5, qop="auth"'),
      },
      until: 'INVITE 2',
    }),
    [],
  ],
  [
    'a call in to another host than that of the forwarding URI (SINCH-FWD-03)',
    callIn({ sut: 'trunk', contract: { forwarding: { udp: 'sip:{number}@pbx.example.com:5060;transport=udp' } } }),
    ['forwarded-uri call 1/INVITE 1 fail trunk'],
  ],
  [
    'a call in to the forwarding URI',
    callIn({ sut: 'trunk', contract: { forwarding: { udp: 'sip:{number}@203.0.113.10:5060;transport=udp' } } }),
    [],
  ],
  [
    'a call to the number in the Request-URI, where the line of the one in To is busy (SINCH-FLOW-03)',
    callOut({
      breaks: ['to-is-target'],
      bends: { 'INVITE 2': setUri('sip:+12025550199@euc1.vp.sip.sinch.com') },
      contract: toBusy,
    }),
    ['to-dialled call 1/INVITE 2 fail trunk'],
  ],
  [
    'a call in from the first address of a documented block (SINCH-IP-07)',
    callIn({ sut: 'trunk', contract: { signallingAddresses: ['18.184.175.4/30'] } }),
    [],
  ],
  [
    'a call in from the address behind the last one of a documented block (SINCH-IP-07)',
    callIn({ sut: 'trunk', contract: { signallingAddresses: ['18.184.175.0/30'] } }),
    ['source-address call 1/INVITE 1 fail trunk'],
  ],
  [
    'a status of busy with the cause of congestion (RFC 3398 §8.2.6.1)',
    refusedIn(486, 'Busy Here', 'Q.850;cause=34'),
    ['cause-mapping call 1/INVITE 1 warn pbx'],
  ],
  [
    'a status with one of its causes (RFC 3398 §7.2.4.1)',
    refusedIn(480, 'Gone Out', 'SIP;cause=480, Q.850;cause=19'),
    [],
  ],
  ['a cause that says no more than that it is over', refusedIn(486, 'Busy Here', 'Q.850;cause=16'), []],
]

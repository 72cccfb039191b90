import { type Bend, addField, setField } from '../support/flow.ts'
import { callIn } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

const contract = { signallingAddresses: ['18.184.175.4/32', '206.146.136.0/28'] }
/** The example of the original platform, as a proxy sends it (SIP origination example). */
const recorded = '<sip:18.184.175.4;ftag=caller;lr=on>'
const original = (route: string, more: Bend = (message) => message) => {
  const asRecorded: Bend = (message) => {
    const routed = addField('Record-Route', route)(message)
    const named = routed && setField('To', '<sip:+12025550142@52.214.25.57>')(routed)
    return named && more(named)
  }
  return callIn({ sut: 'trunk', profile: 'sinch/use1', contract, bends: { 'INVITE 1': asRecorded }, until: '180' })
}

const found = ['origination-form call 1/INVITE 1 warn trunk']

const bent = (bend: ReturnType<typeof setField>) =>
  callIn({ sut: 'trunk', contract, bends: { 'INVITE 1': bend }, until: '180' })

const bentOriginal = callIn({ sut: 'trunk', profile: 'sinch/use1', contract, until: '180' })

export const originationFormCases: readonly Case[] = [
  [
    'a To that is not the Request-URI, of the upgraded platform (SINCH-ORIG-05)',
    bent(setField('To', '<sip:+447700900123@52.214.25.57>')),
    found,
  ],
  [
    'a Contact without did, of the upgraded platform (SINCH-ORIG-06)',
    bent(setField('Contact', '<sip:+12025550100@18.184.175.4:5060>')),
    found,
  ],
  [
    'a recorded route, of the upgraded platform (SINCH-ORIG-03)',
    bent(addField('Record-Route', '<sip:18.184.175.4;lr>')),
    found,
  ],
  [
    'a From host of the allowlist (SINCH-ORIG-04)',
    bent(setField('From', '<sip:+12025550100@206.146.136.15>;tag=caller')),
    found,
  ],
  [
    'a second Via, of the upgraded platform (SINCH-ORIG-03)',
    bent((message) => addField('Via', 'SIP/2.0/UDP 18.196.245.254:5060;branch=z9hG4bKbehind')(message)),
    found,
  ],
  [
    'the example of the original platform: another host in To, and a route with ftag and lr=on (SINCH-ORIG-07)',
    original(recorded),
    [],
  ],
  ['a route without ftag, of the original platform (SINCH-ORIG-07)', original('<sip:18.184.175.4;lr=on>'), found],
  [
    'an ftag that is not the From tag, of the original platform (SINCH-ORIG-07)',
    original('<sip:18.184.175.4;ftag=callee;lr=on>'),
    found,
  ],
  [
    'lr without its value, of the original platform (SINCH-ORIG-07)',
    original('<sip:18.184.175.4;ftag=caller;lr>'),
    found,
  ],
  ['no recorded route, of the original platform (SINCH-ORIG-07)', bentOriginal, found],
  [
    'a Via of another host than the recorded route, of the original platform (SINCH-ORIG-08)',
    original('<sip:18.196.245.254;ftag=caller;lr=on>'),
    found,
  ],
  [
    'a From host of the allowlist, of the original platform (SINCH-ORIG-04)',
    original(recorded, setField('From', '<sip:+12025550100@206.146.136.15>;tag=caller')),
    found,
  ],
]

import { addField, setField } from '../support/flow.ts'
import { callIn } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

const contract = { signallingAddresses: ['18.184.175.4/32', '206.146.136.0/28'] }
const found = ['origination-form call 1/INVITE 1 warn trunk']

const bent = (bend: ReturnType<typeof setField>) =>
  callIn({ sut: 'trunk', contract, bends: { 'INVITE 1': bend }, until: '180' })

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
]

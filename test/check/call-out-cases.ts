import { type Bend, addField, host, setField, setUri } from '../support/flow.ts'
import { callOut } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

const number = '+12025550100'

/** A call of a PBX, up to the first answer, with its Request-URI in that form. */
const calling = (requestUri: string, over?: 'tcp') =>
  callOut({ sut: 'pbx', over, bends: { 'INVITE 1': setUri(requestUri) }, until: '401' })

const form = ['request-uri-form call 1/INVITE 1 warn pbx']

const challengeFor = (realm: string): Bend =>
  setField('WWW-Authenticate', `Digest realm="${realm}", nonce="n1", algorithm=MD5, qop="auth"`)
const credentials = (username: string, realm: string): Bend =>
  setField('Authorization', `Digest username="${username}", realm="${realm}", nonce="n1", uri="sip:x", response="00"`)

const stranger = 'stranger.invalid'
const askedByStranger = (answer: Bend | undefined) =>
  callOut({
    sut: 'pbx',
    breaks: ['auth-realm'],
    bends: { '401': challengeFor(stranger), ...(answer === undefined ? {} : { 'INVITE 2': answer }) },
    until: answer === undefined ? 'INVITE 2' : '180',
  })

export const callOutCases: readonly Case[] = [
  ['a port in the Request-URI (SINCH-INV-01)', calling(`sip:${number}@${host}:5060`), form],
  ['user=phone in the Request-URI (SINCH-INV-01)', calling(`sip:${number}@${host};user=phone`), form],
  ['a Request-URI of another scheme (SINCH-INV-01)', calling(`sips:${number}@${host}`), form],
  ['a transport in the Request-URI, although it is UDP', calling(`sip:${number}@${host};transport=udp`), form],
  [
    'the transport in the Request-URI over TCP: no example is of it',
    calling(`sip:${number}@${host};transport=tcp`, 'tcp'),
    [],
  ],
  ['a host in other letters', calling(`sip:${number}@${host.toUpperCase()}`), []],
  [
    'a To with the domain of the PBX (SINCH-INV-03)',
    callOut({ sut: 'pbx', bends: { 'INVITE 1': setField('To', `<sip:${number}@pbx.example.org>`) }, until: '401' }),
    ['to-is-target call 1/INVITE 1 warn pbx'],
  ],
  [
    'a To with another number than the Request-URI (SINCH-INV-03)',
    callOut({ sut: 'pbx', bends: { 'INVITE 1': setField('To', `<sip:+12025550199@${host}>`) }, until: '401' }),
    ['to-is-target call 1/INVITE 1 warn pbx'],
  ],
  [
    'credentials for the realm of a stranger (SINCH-AUTH-05)',
    askedByStranger(credentials('user', stranger)),
    ['auth-foreign-realm call 1/INVITE 1 warn pbx'],
  ],
  ['no credentials for the realm of a stranger', askedByStranger(undefined), []],
  ['no name for the realm of a stranger (RFC 3261 §22.1)', askedByStranger(credentials('anonymous', stranger)), []],
  [
    'the challenge of a provider beside that of a stranger',
    callOut({
      sut: 'pbx',
      breaks: ['auth-realm'],
      bends: { '401': addField('WWW-Authenticate', `Digest realm="${stranger}", nonce="n1"`) },
      until: '180',
    }),
    [],
  ],
]

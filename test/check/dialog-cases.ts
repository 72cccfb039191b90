import { describe as description, lost, setBody, setField, setStatus } from '../support/flow.ts'
import { callIn, callOut } from '../support/calls.ts'
import type { Case } from './provider-cases.ts'

/** A second documented address of the provider. */
const elsewhere = { address: '18.196.245.254', port: 5060 }
const byeFrom = (source: typeof elsewhere) => ({ BYE: { source }, '200 BYE': { destination: source } })

/** The calling side offers a codec that nobody has. */
const strange = setBody(description('trunk', { formats: ['12'], rtpmaps: ['12 QCELP/8000'] }))

const noHops = { 'INVITE 1': setField('Max-Forwards', '0'), 'INVITE 2': setField('Max-Forwards', '0') }

/** What a call owes whatever the provider: where its requests come from, how far they may go, and what it is offered. */
export const dialogCases: readonly Case[] = [
  ['a BYE from another address of the provider that is taken', callIn({ ways: byeFrom(elsewhere) }), []],
  [
    'a BYE from another address of the provider that is refused (RFC 3261 §12.2.2)',
    callIn({ ways: byeFrom(elsewhere), bends: { '200 BYE': setStatus(403, 'Forbidden') } }),
    ['in-dialog-source call 1/BYE 1 fail pbx'],
  ],
  [
    'a BYE from another port of the provider that is never answered',
    callIn({
      ways: byeFrom({ address: '18.184.175.4', port: 5080 }),
      bends: { '200 BYE': lost },
      again: { BYE: 4 },
    }),
    ['in-dialog-source call 1/BYE 1 fail pbx'],
  ],
  [
    'a BYE that is refused from where the call came from: that is no matter of its source',
    callIn({ bends: { '200 BYE': setStatus(403, 'Forbidden') } }),
    ['bye-answered call 1/BYE 1 fail pbx'],
  ],
  [
    'a call in that offers nothing that the PBX has, answered with what it has (RFC 3264 §6)',
    callIn({ breaks: ['codec-offered'], bends: { 'INVITE 1': strange }, until: 'ACK' }),
    ['codec-shared call 1/INVITE 1 fail pbx'],
  ],
  [
    'a call in that offers nothing that the PBX has, refused (RFC 3261 §13.3.1.3)',
    callIn({
      breaks: ['codec-offered'],
      bends: { 'INVITE 1': strange, '180': setStatus(488, 'Not Acceptable Here') },
      until: '200',
    }),
    [],
  ],
  [
    'a call with no hop left that is passed on to the callee (RFC 3261 §16.3)',
    callOut({ breaks: ['max-forwards'], bends: noHops }),
    ['too-many-hops call 1/INVITE 2 warn trunk'],
  ],
  [
    'a call with no hop left that is answered 483',
    callOut({ breaks: ['max-forwards'], bends: { ...noHops, '180': setStatus(483, 'Too Many Hops') }, until: '200' }),
    [],
  ],
  [
    'a call with no hop left that is refused for something else',
    callOut({ breaks: ['max-forwards'], bends: { ...noHops, '180': setStatus(404, 'Not Found') }, until: '200' }),
    [],
  ],
]

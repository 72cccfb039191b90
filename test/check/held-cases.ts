import { describe as description, setBody } from '../support/flow.ts'
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
]

import { describe, expect, test } from 'vitest'
import { ok } from '../../src/core/result.ts'
import { bytesOf } from '../../src/sip/text.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { type Scope, resolve } from '../../src/scenario/reference.ts'
import { embeddedNumbers } from '../../src/run/numbers.ts'
import { profileNamed } from '../support/catalogue.ts'

/** RFC 3261 §7.5 puts these fields into any request; the values are those of its examples. */
const invite = parseMessage(
  bytesOf(
    [
      'INVITE sip:bob@biloxi.com SIP/2.0',
      'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds',
      'To: Bob <sip:bob@biloxi.com>',
      'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
      'Call-ID: a84b4c76e66710@pc33.atlanta.com',
      'CSeq: 314159 INVITE',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  ),
)
if (!invite.ok) throw new Error('the message does not parse')

const scope: Scope = {
  profile: profileNamed('sinch/eu'),
  numbers: { callee: embeddedNumbers.callee! },
  matrix: { codec: 'PCMU' },
  kept: { first: invite.value },
  edges: ['127.0.0.1:5060', '127.0.0.1:5062'],
  peer: '127.0.0.9',
}

describe('${…} refers to', () => {
  test.each([
    ['${numbers.callee}', '+12025550100'],
    ['${codec}', 'PCMU'],
    ['${profile.authentication.realm}', 'euc1.vp.sip.sinch.com'],
    ['${profile.signalling.hosts.0}', 'euc1.vp.sip.sinch.com'],
    ['${profile.media.ports.first}', '10000'],
    ['${first.Call-ID}', 'a84b4c76e66710@pc33.atlanta.com'],
    ['${first.To.user}', 'bob'],
    ['<sip:${edge.2};lr=on>', '<sip:127.0.0.1:5062;lr=on>'],
    ['no reference', 'no reference'],
  ])('%s: %s', (template, value) => {
    expect(resolve(template, scope)).toEqual(ok(value))
  })
})

describe('what cannot be referred to says why', () => {
  test.each([
    ['${numbers.busy}', 'no such number is configured'],
    ['${profile.media}', 'not one value but a list or a map'],
    ['${profile.media.dtmf}', 'the profile documents none'],
    ['${profile.constructor.name}', 'the profile documents none'],
    ['${edge.3}', 'there are 2 edges'],
    ['${second.Call-ID}', 'no message of that name has come yet'],
    ['${first.Reason}', 'the message has no Reason'],
    ['${ptime}', 'no message of that name has come yet'],
  ])('%s: %s', (template, why) => {
    const result = resolve(template, scope)
    expect(result.ok ? '' : result.fault.saw).toContain(why)
  })
})

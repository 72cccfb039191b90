import { expect, test } from 'vitest'
import { type Side, otherSide } from '../../src/core/finding.ts'
import type { FieldDraft } from '../../src/sip/message.ts'
import { buildRequest, buildResponse } from '../../src/sip/serialize.ts'
import { createScript, describe as description, fold, signalling, talk } from '../support/flow.ts'

const address = '203.0.113.10'
const ends = { out: { address, port: 30000 }, back: { address, port: 30010 } } as const
const sdpType: FieldDraft = ['Content-Type', 'application/sdp']

/** An answered call whose media is where the two descriptions say. */
const setUp = (script: ReturnType<typeof createScript>, caller: Side, id: string, ports: readonly [number, number]) => {
  const fields: readonly FieldDraft[] = [
    ['Via', `SIP/2.0/UDP ${signalling[caller].address}:5060;branch=z9hG4bK${id}`],
    ['From', '<sip:+447700900123@a>;tag=a'],
    ['To', '<sip:+12025550150@b>'],
    ['Call-ID', id],
    ['CSeq', '1 INVITE'],
  ]
  const body = (port: number): Uint8Array => description('pbx', { port })
  const invite = buildRequest({
    method: 'INVITE',
    requestUri: 'sip:b',
    fields: [...fields, sdpType],
    body: body(ports[0]),
  })
  script.say(caller, invite)
  const answer = buildResponse({ status: 200, reason: 'OK', fields: [...fields, sdpType], body: body(ports[1]) })
  script.say(otherSide(caller), answer)
}

test('what a far end without media of its own sends back to us is heard as its own, in the other call', () => {
  const script = createScript('trunk')
  setUp(script, 'pbx', 'out', [ends.out.port, ends.back.port])
  setUp(script, 'trunk', 'back', [ends.out.port, ends.back.port])
  const way = { source: ends.out, destination: ends.back }
  // Each packet is seen as we send it and as it comes in: one SSRC, one way.
  talk(script, 400, { pbx: { ...way, hz: 1000 } })
  const frames = script.frames.flatMap((frame) =>
    frame.source.port === ends.out.port ? [frame, { ...frame, tap: 'received' as const }] : [frame],
  )
  const trace = fold(
    frames.map((frame, index) => ({ ...frame, number: index + 1 })),
    'trunk',
  )
  const heard = trace.streams.map(({ call, sender, packets, audio }) => [call?.callId, sender, packets, audio?.toneHz])
  expect(heard).toEqual([
    ['out', 'pbx', 20, 1000],
    ['back', 'trunk', 20, 1000],
  ])
})

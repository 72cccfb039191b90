import { describe, expect, test } from 'vitest'
import maxForwards from '../../src/check/checks/max-forwards.ts'
import { sampleContract } from '../support/catalogue.ts'
import { at, bytesOf, createWiretap } from '../support/tapped.ts'

/** The INVITEs F4, F5 and F7 of RFC 3665 §3.2 as they are printed there, but for their bodies. */
const common = [
  'From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
  'To: Bob <sip:bob@biloxi.example.com>',
  'Call-ID: 3848276298220188511@atlanta.example.com',
  'CSeq: 2 INVITE',
  'Contact: <sip:alice@client.atlanta.example.com;transport=tcp>',
  'Content-Length: 0',
]
const f4 = [
  'INVITE sip:bob@biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9',
  'Max-Forwards: 70',
  'Route: <sip:ss1.atlanta.example.com;lr>',
  ...common,
]
const f5 = [
  'INVITE sip:bob@biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9',
  ' ;received=192.0.2.101',
  'Max-Forwards: 69',
  'Record-Route: <sip:ss1.atlanta.example.com;lr>',
  ...common,
]
const f7 = [
  'INVITE sip:bob@client.biloxi.example.com SIP/2.0',
  'Via: SIP/2.0/TCP ss2.biloxi.example.com:5060;branch=z9hG4bK721e4.1',
  'Via: SIP/2.0/TCP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1',
  ' ;received=192.0.2.111',
  'Via: SIP/2.0/TCP client.atlanta.example.com:5060;branch=z9hG4bK74bf9',
  ' ;received=192.0.2.101',
  'Max-Forwards: 68',
  'Record-Route: <sip:ss2.biloxi.example.com;lr>,',
  ' <sip:ss1.atlanta.example.com;lr>',
  ...common,
]
const [alice, proxy1, proxy2, bob] = [at('192.0.2.101'), at('192.0.2.111'), at('192.0.2.222'), at('192.0.2.201')]
const hops = { f4: [alice, proxy1], f5: [proxy1, proxy2], f7: [proxy2, bob] } as const

/** What the check says of each hop that was tapped. */
const judged = (messages: Partial<Record<keyof typeof hops, readonly string[]>>): readonly string[] => {
  const tap = createWiretap()
  for (const name of ['f4', 'f5', 'f7'] as const) {
    const lines = messages[name]
    const [source, destination] = hops[name]
    const stream = { connection: tap.frames.length + 1, gap: false }
    if (lines !== undefined)
      tap.add({ source, destination, layer: 'tcp', stream, bytes: bytesOf(`${lines.join('\r\n')}\r\n\r\n`) })
  }
  const trace = tap.fold()
  return maxForwards
    .judge({ trace, contract: sampleContract(), sut: 'trunk', breaks: [], outcomes: [], observed: true })
    .map(({ subject, verdict, actual }) => `${subject} ${verdict}: ${actual}`)
}

const printed = (lines: readonly string[], value: string): readonly string[] =>
  lines.map((line) => (line.startsWith('Max-Forwards') ? `Max-Forwards: ${value}` : line))

describe('each proxy takes one off Max-Forwards (RFC 3261 §16.6)', () => {
  test('as the two proxies of RFC 3665 §3.2 do', () => {
    expect(judged({ f4, f5, f7 })).toEqual(['call 1 pass: 70', 'call 2 pass: 69', 'call 3 pass: 68'])
  })
  test('two at once, where the hop between them was not tapped', () => {
    expect(judged({ f4, f7 })).toEqual(['call 1 pass: 70', 'call 2 pass: 68'])
    expect(judged({ f4, f7: printed(f7, '69') })).toEqual([
      'call 1 pass: 70',
      'call 2 fail: Max-Forwards: 69 in INVITE, Max-Forwards: 70 in INVITE 2 proxies before',
    ])
  })
  test('a proxy that passes it on as it is', () => {
    expect(judged({ f4, f5: printed(f5, '70') })).toEqual([
      'call 1 pass: 70',
      'call 2 fail: Max-Forwards: 70 in INVITE, Max-Forwards: 70 in INVITE one proxy before',
    ])
  })
  test('a proxy that passes on what had no hop left (RFC 3261 §16.3)', () => {
    expect(judged({ f4: printed(f4, '0'), f5: printed(f5, '255') })).toEqual([
      'call 1 fail: Max-Forwards: 0 in INVITE',
      'call 2 fail: Max-Forwards: 255 in INVITE, Max-Forwards: 0 in INVITE one proxy before',
    ])
  })
})

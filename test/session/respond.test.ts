import { describe, expect, test } from 'vitest'
import { responseFields, returnPath } from '../../src/session/respond.ts'
import { requestFrom } from '../support/messages.ts'
import { receivedInvite } from '../dialog/flow.ts'

const from = (...vias: readonly string[]) =>
  requestFrom('OPTIONS sip:192.0.2.4 SIP/2.0', ...vias.map((via) => `Via: ${via}`), 'CSeq: 1 OPTIONS')
const source = { address: '192.0.2.1', port: 9988 }

describe('the way back', () => {
  test('the example of RFC 3581 §6: received and rport are filled in, the response goes to the source', () => {
    const request = from('SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff')
    expect(returnPath(request, source, 'udp')).toEqual({
      destination: source,
      vias: ['SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1'],
    })
  })

  test('with rport, received is there even where it says the same (RFC 3581 §4)', () => {
    const request = from('SIP/2.0/UDP 192.0.2.1:9988;branch=z9hG4bK1;rport')
    expect(returnPath(request, source, 'udp')?.vias).toEqual([
      'SIP/2.0/UDP 192.0.2.1:9988;branch=z9hG4bK1;rport=9988;received=192.0.2.1',
    ])
  })

  test('without rport it goes to the source address and the port of the sent-by (RFC 3261 §18.2.2)', () => {
    expect(returnPath(from('SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1'), source, 'udp')).toEqual({
      destination: { address: '192.0.2.1', port: 5070 },
      vias: ['SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1'],
    })
    expect(returnPath(from('SIP/2.0/UDP pbx.example.com;branch=z9hG4bK1'), source, 'udp')).toEqual({
      destination: { address: '192.0.2.1', port: 5060 },
      vias: ['SIP/2.0/UDP pbx.example.com;branch=z9hG4bK1;received=192.0.2.1'],
    })
  })

  test('a received that the client wrote itself is replaced', () => {
    const request = from('SIP/2.0/UDP a;received=203.0.113.9;branch=z9hG4bK1')
    expect(returnPath(request, source, 'udp')?.vias).toEqual(['SIP/2.0/UDP a;branch=z9hG4bK1;received=192.0.2.1'])
  })

  test('maddr does not point us at a third party', () => {
    const request = from('SIP/2.0/UDP 192.0.2.1:5070;maddr=203.0.113.9;branch=z9hG4bK1')
    expect(returnPath(request, source, 'udp')?.destination.address).toBe('192.0.2.1')
  })

  test('IPv6: brackets in the sent-by, none in received; other spellings are the same address', () => {
    const six = { address: '2001:db8::9:1', port: 5060 }
    expect(returnPath(from('SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bK1'), six, 'udp')?.vias).toEqual([
      'SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bK1',
    ])
    expect(returnPath(from('SIP/2.0/UDP [2001:DB8:0::9:1];branch=z9hG4bK1'), six, 'udp')?.vias[0]).not.toContain(
      'received',
    )
    expect(returnPath(from('SIP/2.0/UDP [2001:db8::5];rport;branch=z9hG4bK1'), six, 'udp')?.vias[0]).toBe(
      'SIP/2.0/UDP [2001:db8::5];rport=5060;branch=z9hG4bK1;received=2001:db8::9:1',
    )
  })

  test('Via values below the top one stay as they stood, comma lists taken apart', () => {
    const request = from(
      'SIP/2.0/UDP 192.0.2.1:9988;branch=z9hG4bK1, SIP / 2.0 / UDP b ; branch=z9hG4bK2',
      'SIP/2.0/TCP c',
    )
    expect(returnPath(request, source, 'udp')?.vias).toEqual([
      'SIP/2.0/UDP 192.0.2.1:9988;branch=z9hG4bK1',
      'SIP / 2.0 / UDP b ; branch=z9hG4bK2',
      'SIP/2.0/TCP c',
    ])
  })

  test('without a Via there is none', () => {
    expect(returnPath(from(), source, 'udp')).toBeUndefined()
  })
})

describe('what a response takes from its request (RFC 3261 §8.2.6)', () => {
  const vias = ['SIP/2.0/UDP a;branch=z9hG4bK1', 'SIP/2.0/UDP b;branch=z9hG4bK2']
  const named = (status: number, name: string, request = receivedInvite) =>
    responseFields(request, status, { vias, tag: '314159' })
      .filter(([field]) => field === name)
      .map(([, value]) => value)

  test('Via, From, Call-ID and CSeq', () => {
    expect(named(200, 'Via')).toEqual(vias)
    expect(named(200, 'From')).toEqual(['Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl'])
    expect(named(200, 'Call-ID')).toEqual(['3848276298220188511@atlanta.example.com'])
    expect(named(200, 'CSeq')).toEqual(['2 INVITE'])
  })

  test('To with our tag, but not in a 100, and not where it has one', () => {
    expect(named(180, 'To')).toEqual(['Bob <sip:bob@biloxi.example.com>;tag=314159'])
    expect(named(100, 'To')).toEqual(['Bob <sip:bob@biloxi.example.com>'])
    const inDialog = requestFrom('BYE sip:bob@192.0.2.4 SIP/2.0', 'To: <sip:bob@biloxi.com>;tag=9', 'CSeq: 1 BYE')
    expect(named(200, 'To', inDialog)).toEqual(['<sip:bob@biloxi.com>;tag=9'])
  })

  test('no To where the request had none: a tag alone is no address', () => {
    const fields = responseFields(requestFrom('OPTIONS sip:a SIP/2.0', 'CSeq: 1 OPTIONS'), 400, { vias: [], tag: 't' })
    expect(fields).toEqual([['CSeq', '1 OPTIONS']])
  })

  test('Record-Route in what makes a dialog (§12.1.1), in nothing else', () => {
    const route = ['<sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>']
    expect([100, 180, 200, 404].map((status) => named(status, 'Record-Route'))).toEqual([[], route, route, []])
  })

  test('Timestamp in a 100 (§8.2.6.1)', () => {
    const stamped = requestFrom('INVITE sip:bob@192.0.2.4 SIP/2.0', 'Timestamp: 54.2', 'CSeq: 1 INVITE')
    expect(named(100, 'Timestamp', stamped)).toEqual(['54.2'])
    expect(named(180, 'Timestamp', stamped)).toEqual([])
  })
})

describe('the way back over a stream', () => {
  test('is the connection of the request; where that is gone, the source address and the port of the sent-by (RFC 3261 §18.2.2)', () => {
    expect(returnPath(from('SIP/2.0/TCP 10.1.1.1:4540;rport;branch=z9hG4bK1'), source, 'tcp')).toEqual({
      destination: { address: '192.0.2.1', port: 4540, over: source },
      vias: ['SIP/2.0/TCP 10.1.1.1:4540;rport=9988;branch=z9hG4bK1;received=192.0.2.1'],
    })
  })
})

import { describe, expect, test } from 'vitest'
import { bendMessage, messageBends } from '../../src/embedded/bend-message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf, latin1 } from '../../src/sip/text.ts'

const lines = (...text: readonly string[]): string => `${text.join('\r\n')}\r\n\r\n`

const read = (text: string) => {
  const parsed = parseMessage(bytesOf(text))
  if (!parsed.ok) throw new Error(parsed.fault.rule)
  return parsed.value
}

const bent = (rules: unknown, text: string): readonly string[] =>
  bendMessage(messageBends.parse(rules), read(text)).map(({ wire }) => latin1(wire))

// After the BYE of RFC 3261 §24.2 (F13) and the 200 of F9.
const bye = lines(
  'BYE sip:alice@pc33.atlanta.com;did=27e.fecc2a1;ob SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.4;rport;branch=z9hG4bKnashds10',
  'Route: <sip:bigbox3.site3.atlanta.com;lr=on>',
  'Max-Forwards: 70',
  'From: Bob <sip:bob@biloxi.com>;tag=a6c85cf',
  'To: Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710',
  'CSeq: 231 BYE',
  'Content-Length: 0',
)
const ok = lines(
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8;received=192.0.2.1',
  'Record-Route: <sip:bigbox3.site3.atlanta.com;lr=on>',
  'To: Bob <sip:bob@biloxi.com:5062;x=y>;tag=a6c85cf',
  'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710',
  'CSeq: 314159 INVITE',
  'Contact: <sip:bob@192.0.2.4>',
  'Content-Length: 0',
)

describe('bends of messages', () => {
  test('a field is added after all others, its value as often as asked', () => {
    const on = { request: 'BYE' }
    expect(bent([{ on, bend: 'add-field', field: 'X-Long', value: 'ab', times: 3 }], bye)).toEqual([
      bye.replace('CSeq: 231 BYE\r\n', 'CSeq: 231 BYE\r\nX-Long: ababab\r\n'),
    ])
  })

  test('a request of the method is dropped, others go', () => {
    expect(bent([{ on: { request: 'BYE' }, bend: 'drop' }], bye)).toEqual([])
    expect(bent([{ on: { request: 'ACK' }, bend: 'drop' }], bye)).toEqual([bye])
  })

  test('a response is known by the method of its CSeq, and by its status where one is given', () => {
    expect(bent([{ on: { responseTo: 'INVITE' }, bend: 'drop' }], ok)).toEqual([])
    expect(bent([{ on: { responseTo: 'INVITE', status: 200 }, bend: 'drop' }], ok)).toEqual([])
    expect(bent([{ on: { responseTo: 'INVITE', status: 180 }, bend: 'drop' }], ok)).toEqual([ok])
    expect(bent([{ on: { responseTo: 'BYE' }, bend: 'drop' }], ok)).toEqual([ok])
    expect(bent([{ on: { request: 'INVITE' }, bend: 'drop' }], ok)).toEqual([ok])
  })

  test('a field is removed', () => {
    const rule = [{ on: { request: 'BYE' }, bend: 'remove-field', field: 'Route' }]
    expect(bent(rule, bye)).toEqual([bye.replace('Route: <sip:bigbox3.site3.atlanta.com;lr=on>\r\n', '')])
  })

  test('Content-Length is removed, whatever its spelling', () => {
    const rule = [{ on: { request: 'BYE' }, bend: 'remove-field', field: 'l' }]
    expect(bent(rule, bye)).toEqual([bye.replace('Content-Length: 0\r\n', '')])
  })

  test('a field gets another value, the first of its name', () => {
    const rule = [{ on: { request: 'BYE' }, bend: 'set-field', field: 'i', value: 'other' }]
    expect(bent(rule, bye)).toEqual([bye.replace('Call-ID: a84b4c76e66710', 'Call-ID: other')])
    expect(bent([{ on: { request: 'BYE' }, bend: 'set-field', field: 'Subject', value: 'x' }], bye)).toEqual([bye])
  })

  test('a parameter of an address is removed, those of its URI stay', () => {
    const rule = [{ on: { responseTo: 'INVITE' }, bend: 'remove-param', field: 'To', param: 'TAG' }]
    expect(bent(rule, ok)).toEqual([ok.replace(';x=y>;tag=a6c85cf', ';x=y>')])
    expect(bent([{ on: { request: 'BYE' }, bend: 'remove-param', field: 'To', param: 'x' }], bye)).toEqual([bye])
  })

  test('numbers of CSeq go out as others, by the map', () => {
    const rule = [{ on: { request: 'BYE' }, bend: 'renumber', to: { '231': 7 } }]
    expect(bent(rule, bye)).toEqual([bye.replace('CSeq: 231 BYE', 'CSeq: 7 BYE')])
    expect(bent([{ on: { request: 'BYE' }, bend: 'renumber', to: { '1': 7 } }], bye)).toEqual([bye])
    expect(messageBends.safeParse([{ on: { request: 'BYE' }, bend: 'renumber', to: { '1': 2 ** 31 } }]).success).toBe(
      false,
    )
  })

  test('a parameter of the topmost Via is removed or added, the others stay', () => {
    expect(bent([{ on: { request: 'BYE' }, bend: 'remove-via-param', param: 'rport' }], bye)).toEqual([
      bye.replace(';rport', ''),
    ])
    expect(bent([{ on: { responseTo: 'INVITE' }, bend: 'set-via-param', param: 'alg', value: '1' }], ok)).toEqual([
      ok.replace(';received=192.0.2.1', ';received=192.0.2.1;alg=1'),
    ])
  })

  test('the host of an address changes; display name, port, parameters and tag stay', () => {
    const rule = [{ on: { responseTo: 'INVITE' }, bend: 'set-host', field: 'To', host: 'pbx.example.org' }]
    const [message = ''] = bent(rule, ok)
    expect(message).toMatch(/\r\nTo: "?Bob"? <sip:bob@pbx\.example\.org:5062;x=y>;tag=a6c85cf\r\n/)
  })

  test('the Contact loses a parameter of its URI, the others stay', () => {
    const rule = [{ on: { responseTo: 'INVITE' }, bend: 'remove-contact-uri-param', param: 'transport' }]
    const streamed = ok.replace('bob@192.0.2.4', 'bob@192.0.2.4;ob;transport=tcp')
    expect(bent(rule, streamed)).toEqual([ok.replace('bob@192.0.2.4', 'bob@192.0.2.4;ob')])
    expect(bent(rule, ok)).toEqual([ok])
  })

  test('the Request-URI loses its parameters', () => {
    expect(bent([{ on: { request: 'BYE' }, bend: 'strip-request-uri-params' }], bye)).toEqual([
      bye.replace(';did=27e.fecc2a1;ob', ''),
    ])
  })

  test('telephone-event of a description gets another clock rate, and no codec beside it', () => {
    const sdp = (rate: number): string => `a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/${rate}\r\n`
    const answer = ok.replace('Content-Length: 0', `Content-Length: ${sdp(8000).length}`)
    const rule = [{ on: { responseTo: 'INVITE' }, bend: 'set-event-rate', rate: 48000 }]
    expect(bent(rule, answer + sdp(8000))).toEqual([
      answer.replace(`Length: ${sdp(8000).length}`, `Length: ${sdp(48000).length}`) + sdp(48000),
    ])
    expect(bent(rule, ok)).toEqual([ok])
  })

  test('the digest of credentials becomes another, all else of them stays', () => {
    const authorization = (digest: string): string =>
      `Authorization: Digest username="bob", realm="biloxi.com", nonce="n", uri="sip:x", response="${digest}"`
    const withDigest = (digest: string): string => bye.replace('Call-ID', `${authorization(digest)}\r\nCall-ID`)
    const rule = [{ on: { request: 'BYE' }, bend: 'set-digest', value: '0'.repeat(32) }]
    expect(bent(rule, withDigest('f'.repeat(32)))).toEqual([withDigest('0'.repeat(32))])
    expect(bent(rule, bye)).toEqual([bye])
  })

  test('a part of the body is replaced, and Content-Length is that of the new one', () => {
    const rule = [{ on: { request: 'BYE' }, bend: 'replace-in-body', find: 'a=recvonly', by: 'a=sendrecv$&' }]
    const told = bye.replace('Content-Length: 0\r\n\r\n', 'Content-Length: 12\r\n\r\na=recvonly\r\n')
    expect(bent(rule, told)).toEqual([told.replace('12', '14').replace('recvonly', () => 'sendrecv$&')])
    expect(bent(rule, bye)).toEqual([bye])
  })

  test('bends follow one another', () => {
    const rules = [
      { on: { request: 'BYE' }, bend: 'remove-field', field: 'Route' },
      { on: { request: 'BYE' }, bend: 'strip-request-uri-params' },
    ]
    const [message = ''] = bent(rules, bye)
    expect(message).not.toContain('Route')
    expect(message).not.toContain('did=')
  })

  test('where nothing is to bend the very same message goes out', () => {
    const message = read(bye)
    const rules = messageBends.parse([{ on: { request: 'BYE' }, bend: 'remove-via-param', param: 'maddr' }])
    expect(bendMessage(rules, message)[0]).toBe(message)
  })
})

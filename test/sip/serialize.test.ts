import { describe, expect, test } from 'vitest'
import { parseMessage } from '../../src/sip/parse.ts'
import { buildRequest, buildResponse, rebuild } from '../../src/sip/serialize.ts'
import { latin1, utf8Bytes } from '../../src/sip/text.ts'
import { messageOf, torture, valueOf } from './bytes.ts'

const body = utf8Bytes('v=0\r\n')

describe('what we send', () => {
  const request = buildRequest({
    method: 'INVITE',
    requestUri: 'sip:bob@biloxi.com',
    fields: [
      ['v', 'SIP/2.0/UDP a'],
      ['To', '  Bob <sip:bob@biloxi.com> '],
      ['Subject', ''],
    ],
    body,
  })
  test('a request: fields in order, Content-Length last, the body behind an empty line', () => {
    expect(latin1(request.wire)).toBe(
      'INVITE sip:bob@biloxi.com SIP/2.0\r\nv: SIP/2.0/UDP a\r\nTo: Bob <sip:bob@biloxi.com>\r\nSubject: \r\nContent-Length: 5\r\n\r\nv=0\r\n',
    )
  })
  test('a response, with an empty reason too (RFC 3261 §7.2)', () => {
    expect(latin1(buildResponse({ status: 200, reason: '', fields: [] }).wire)).toBe(
      'SIP/2.0 200 \r\nContent-Length: 0\r\n\r\n',
    )
  })
  test('what we give back is what a reader of the bytes gets', () => {
    const response = buildResponse({ status: 486, reason: 'Busy Here', fields: [['X-A', '1']], body })
    for (const message of [request, response]) {
      const read = valueOf(parseMessage(message.wire))
      expect({ ...read, body: latin1(read.body) }).toEqual({ ...message, body: latin1(message.body) })
    }
  })
  test('there is one Content-Length, and it is true (§20.14)', () => {
    const twice = buildRequest({
      method: 'A',
      requestUri: 'sip:a',
      fields: [
        ['l', '99'],
        ['Content-Length', '7'],
      ],
      body,
    })
    expect(twice.fields.map(({ rawName, value }) => `${rawName}: ${value}`)).toEqual(['Content-Length: 5'])
  })
  test.each([
    ['a line in a value', [['Subject', 'a\r\nVia: b']]],
    ['a line in a name', [['Subject: a\nVia', 'b']]],
    ['a lone CR', [['Subject', 'a\rb']]],
    ['a character that is no byte', [['Subject', '€']]],
  ] as const)('%s is our own mistake, and never gets out', (_, fields) => {
    expect(() => buildRequest({ method: 'A', requestUri: 'sip:a', fields })).toThrow(RangeError)
  })
  test('nor does a start-line of two lines', () => {
    expect(() => buildResponse({ status: 200, reason: 'OK\r\nVia: a', fields: [] })).toThrow(RangeError)
  })
})

describe('a message with parts replaced', () => {
  const invite = messageOf(['INVITE sip:a@b SIP/2.0', 'v: SIP/2.0/UDP a', 'X-A: 1', ' 2', 'l: 5'], 'v=0\r\n')
  const text = (message: { readonly wire: Uint8Array }): string => latin1(message.wire)

  test('nothing replaced: spelling and order stay, folds do not, Content-Length comes last', () => {
    expect(text(rebuild(invite, {}))).toBe(
      'INVITE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP a\r\nX-A: 1 2\r\nContent-Length: 5\r\n\r\nv=0\r\n',
    )
  })
  test('start-line, fields and body', () => {
    const fields = [...invite.fields.filter(({ name }) => name === 'X-A'), ['To', 'c'] as const]
    expect(text(rebuild(invite, { method: 'BYE', requestUri: 'sip:c', fields, body: new Uint8Array(0) }))).toBe(
      'BYE sip:c SIP/2.0\r\nX-A: 1 2\r\nTo: c\r\nContent-Length: 0\r\n\r\n',
    )
  })
  test('a response', () => {
    expect(text(rebuild(messageOf(['SIP/2.0 200 OK', 'X-A: 1']), { status: 202, reason: 'Accepted' }))).toBe(
      'SIP/2.0 202 Accepted\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n',
    )
  })
  test('bytes beyond ASCII and NUL survive', () => {
    const read = valueOf(parseMessage(torture('intmeth')))
    const again = valueOf(parseMessage(rebuild(read, {}).wire))
    expect(again.fields.map(({ rawName, value }) => [rawName, value])).toEqual(
      read.fields.map(({ rawName, value }) => [rawName, value]),
    )
  })
})

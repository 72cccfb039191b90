import { describe, expect, test } from 'vitest'
import { fieldValue, fieldsNamed } from '../../src/sip/message.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf, latin1 } from '../../src/sip/text.ts'
import { faultOf, messageOf, responseOf, valueOf, wireOf } from './bytes.ts'

const options = ['OPTIONS sip:carol@chicago.com SIP/2.0', 'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877']
const faultIn = (lines: readonly string[], body = ''): string => faultOf(parseMessage(wireOf(lines, body)))

describe('what a message is (RFC 3261 §7)', () => {
  test('a request has method, Request-URI and version', () => {
    expect(messageOf(options)).toMatchObject({
      kind: 'request',
      method: 'OPTIONS',
      requestUri: 'sip:carol@chicago.com',
      version: 'SIP/2.0',
      startLine: options[0],
    })
  })
  test('a response has status and reason, spaces in it included', () => {
    expect(responseOf(['SIP/2.0 404 Not  Found '])).toMatchObject({
      status: 404,
      reason: 'Not  Found ',
      version: 'SIP/2.0',
    })
  })
  test('a status without a reason and without the space before it is tolerated', () => {
    expect(responseOf(['SIP/2.0 200'])).toMatchObject({ status: 200, reason: '' })
  })
  test('the version is read without regard to case and may be another (§7.1, §21.5.6)', () => {
    expect(messageOf(['OPTIONS sip:a@b sip/7.10'])).toMatchObject({ kind: 'request', version: 'sip/7.10' })
  })
  test('bytes, order, spelling and duplicates stay', () => {
    const wire = wireOf([...options, 'v: SIP/2.0/UDP a', 'X-Any: 1', 'x-any: 2', 'X-Any: 1'], 'body')
    const message = valueOf(parseMessage(wire))
    expect(message.wire).toBe(wire)
    expect(message.fields.map(({ rawName, value }) => `${rawName}=${value}`).slice(1)).toEqual([
      ...['v=SIP/2.0/UDP a', 'X-Any=1', 'x-any=2', 'X-Any=1'],
    ])
    expect(fieldsNamed(message, 'Via')).toHaveLength(2)
  })
  test('each field tells its byte offset, UTF-8 before it or not', () => {
    const wire = wireOf([...options, 'Subject: größer', 'Call-ID: 1'])
    for (const { at, rawName } of valueOf(parseMessage(wire)).fields)
      expect(latin1(wire.subarray(at, at + rawName.length))).toBe(rawName)
  })
  test('a value that ends with byte 0xA0 keeps it: it is half of a UTF-8 `à`', () => {
    expect(fieldValue(messageOf([...options, 'Subject: voilà  ']), 'Subject')).toBe('voil\xc3\xa0')
  })
  test('NUL and bytes that are no UTF-8 stay', () => {
    const wire = bytesOf('OPTIONS sip:a@b SIP/2.0\r\nSubject: a\0b\xff\r\n\r\n')
    expect(fieldValue(valueOf(parseMessage(wire)), 'Subject')).toBe('a\0b\xff')
  })
  test('empty lines before the start-line are skipped (§7.5)', () => {
    const message = valueOf(parseMessage(bytesOf(`\r\n\r\n${options.join('\r\n')}\r\n\r\n`)))
    expect(message).toMatchObject({ method: 'OPTIONS', fields: [{ at: 4 + 39 }] })
  })
})

describe('header fields (§7.3.1)', () => {
  test.each(['Subject: I know', 'Subject:I know', 'Subject \t:\t I know \t', 'SUBJECT: I know', 's : I know'])(
    '%j',
    (line) => {
      expect(fieldValue(messageOf([...options, line]), 'Subject')).toBe('I know')
    },
  )
  test('a folded field is one line, with one space for each fold', () => {
    const lines = ['Subject: I know you are', '   there,', '\tpick up', ' ', ' the phone']
    expect(fieldValue(messageOf([...options, ...lines]), 'Subject')).toBe('I know you are there, pick up the phone')
  })
  test('a fold may come at once', () => {
    expect(fieldValue(messageOf([...options, 'Subject:', '  later']), 'Subject')).toBe('later')
  })
  test('nothing folds into the start-line', () => {
    expect(faultIn(['OPTIONS sip:a@b SIP/2.0', ' Subject: a'])).toBe('header.name at 25')
  })
  test.each([
    ['no colon', 'Subject', 'header.no-colon at 100'],
    ['no name', ': value', 'header.name at 100'],
    ['a space in the name', 'My Subject: a', 'header.name at 100'],
    ['a byte that is no token', 'Sübject: a', 'header.name at 100'],
  ])('%s is refused where it stands', (_, line, fault) => {
    expect(faultIn([...options, line])).toBe(fault)
  })
})

describe('lines end with CRLF, and with nothing else (§25.1)', () => {
  test.each([
    ['a lone LF in a value', 'Subject: a\nVia: b', 'message.line-end at 100'],
    ['a lone CR in a value', 'Subject: a\rVia: b', 'message.line-end at 100'],
    ['a lone LF in a fold', 'Subject: a\r\n b\nVia: c', 'message.line-end at 112'],
  ])('%s is refused: it is another field to some readers', (_, line, fault) => {
    expect(faultIn([...options, line])).toBe(fault)
  })
  test('lines that end with LF alone are refused', () => {
    expect(faultOf(parseMessage(bytesOf(`${options.join('\n')}\n\n`)))).toBe('message.no-empty-line at 0')
  })
  test('a head that does not end is refused', () => {
    expect(faultOf(parseMessage(bytesOf(`${options.join('\r\n')}\r\n`)))).toBe('message.no-empty-line at 0')
  })
  test.each(['', '\r\n', '\r\n\r\n', '\0'])('%j is no message', (text) => {
    expect(parseMessage(bytesOf(text)).ok).toBe(false)
  })
})

describe('the start-line (§7.1, §7.2)', () => {
  test.each([
    ['INVITE  sip:a@b SIP/2.0', 'request-line.syntax at 6'],
    ['INVITE sip:a@b  SIP/2.0', 'request-line.syntax at 6'],
    ['INVITE sip:a@b SIP/2.0 ', 'request-line.syntax at 6'],
    ['INVITE sip:a@b;\tlr SIP/2.0', 'request-line.syntax at 6'],
    ['INVITE SIP/2.0', 'request-line.syntax at 6'],
    ['INVITE sip:a@b', 'request-line.syntax at 6'],
    ['INVITE sip:a@b HTTP/1.1', 'request-line.version at 15'],
    ['INVITE sip:a@b SIP/2', 'request-line.version at 15'],
    ['IN(VITE sip:a@b SIP/2.0', 'request-line.method at 0'],
    ['INVITE', 'start-line.syntax at 0'],
    [' INVITE sip:a@b SIP/2.0', 'start-line.syntax at 0'],
    ['SIP/2.0 20 OK', 'status-line.syntax at 0'],
    ['SIP/2.0 099 OK', 'status-line.syntax at 0'],
    ['SIP/2.0 700 OK', 'status-line.syntax at 0'],
    ['SIP/2.0 2000 OK', 'status-line.syntax at 0'],
    ['SIP/2.0  200 OK', 'status-line.syntax at 0'],
  ])('%j is refused: %s', (line, fault) => {
    expect(faultIn([line])).toBe(fault)
  })
  test('a fault says where in the datagram, behind empty lines too', () => {
    expect(faultOf(parseMessage(bytesOf('\r\n\r\nINVITE\r\n\r\n')))).toBe('start-line.syntax at 4')
  })
})

describe('the body (§18.3, §20.14)', () => {
  const body = 'v=0\r\n'
  test.each([
    ['Content-Length: 3', 'v=0'],
    ['l: 005', body],
    ['Content-Length: 0', ''],
    ['X-None: 1', body],
  ])('%s gives %j of five bytes', (line, expected) => {
    expect(latin1(messageOf([...options, line], body).body)).toBe(expected)
  })
  test('two lengths that agree are one', () => {
    expect(messageOf([...options, 'Content-Length: 5', 'l: 5'], body).body).toHaveLength(5)
  })
  test.each([
    ['Content-Length: 6', 'content-length.too-large at 100'],
    ['Content-Length: 99999999999999999999', 'content-length.too-large at 100'],
    ['Content-Length: -1', 'content-length.syntax at 100'],
    ['Content-Length: 5 5', 'content-length.syntax at 100'],
    ['Content-Length:', 'content-length.syntax at 100'],
    ['Content-Length: 0x5', 'content-length.syntax at 100'],
  ])('%s is refused', (line, fault) => {
    expect(faultIn([...options, line], body)).toBe(fault)
  })
})

describe('bounds', () => {
  const many = (count: number): readonly string[] => ['A sip:a@b SIP/2.0', ...Array<string>(count).fill('X: 1')]
  test('256 fields are read, 257 refused', () => {
    expect(messageOf(many(256)).fields).toHaveLength(256)
    expect(faultIn(many(257))).toMatch('message.too-many-fields')
  })
  test('65,535 bytes are read, one more is refused (RFC 3261 §18.1.1)', () => {
    const head = wireOf(['A sip:a@b SIP/2.0'])
    const wireOfSize = (size: number): Uint8Array => new Uint8Array([...head, ...new Uint8Array(size - head.length)])
    expect(parseMessage(wireOfSize(65_535)).ok).toBe(true)
    expect(faultOf(parseMessage(wireOfSize(65_536)))).toBe('message.too-large at 0')
  })
  test('a field of more than 16 KiB is refused, folded or not', () => {
    expect(messageOf(['A sip:a@b SIP/2.0', `X: ${'a'.repeat(16_000)}`]).fields).toHaveLength(1)
    expect(faultIn(['A sip:a@b SIP/2.0', `X: ${'a'.repeat(16_400)}`])).toBe('header.too-long at 19')
    expect(faultIn(['A sip:a@b SIP/2.0', 'X: a', ...Array<string>(9000).fill(' b')])).toBe('header.too-long at 19')
  })
})

import { describe, expect, test } from 'vitest'
import { createStreamMask, maskSecrets } from '../../src/sip/mask.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { bytesOf, latin1 } from '../../src/sip/text.ts'

const mask = (text: string): string => latin1(maskSecrets(bytesOf(text)))
const hex = '186f934f8c0a3bcc5625d9e2b4e350fc'
const hidden = 'x'.repeat(32)
const start = 'INVITE sip:a@b SIP/2.0\r\n'

describe('digest responses', () => {
  test.each([
    `Authorization: Digest username="u", response="${hex}", realm="r"`,
    `Proxy-Authorization: Digest response="${hex}"`,
    `AUTHORIZATION \t:Digest RESPONSE="${hex}"`,
    `proxy-authorization:digest Response = \t"${hex}"`,
    `Authorization: Digest response=${hex},realm="r"`,
    `Authorization: Digest username="u",\r\n response="${hex}"`,
    `Authorization: Digest username="u", response\r\n\t=\r\n "${hex}"`,
    `Authorization:\r\n Digest response="${hex}"`,
    `Authorization: Digest realm="never ends, response="${hex}"`,
    `Authorization: Digest response="${hex}`,
    `Authorization: Digest response="no", response="${hex}"`,
    `Authentication-Info: rspauth="${hex}", qop=auth`,
    `Proxy-Authentication-Info: nc=00000001, rspauth="${hex}"`,
  ])('%j', (line) => {
    const shown = mask(`${start}${line}\r\nTo: a\r\n\r\n`)
    expect(shown).not.toContain(hex)
    expect(shown).toContain(line.includes('"no"') ? 'response="xx"' : hidden)
    expect(shown.replace(hidden, hex).replace('="xx"', '="no"')).toBe(`${start}${line}\r\nTo: a\r\n\r\n`)
  })
  test.each([
    `Authorization: Digest uri="sip:a;response=", response="${hex}"\r\n`,
    `Authorization: Digest uri="response=", nc=1,\r\n response = "${hex}"\r\n`,
  ])('the name at the end of another value hides nothing: %j', (text) => {
    expect(mask(text)).not.toContain(hex)
    expect(mask(text)).toHaveLength(text.length)
  })
  test('a value that is folded itself keeps its CRLF', () => {
    expect(mask('Authorization: Digest response="ab\r\n cd", realm="r"')).toBe(
      'Authorization: Digest response="xx\r\nxxx", realm="r"',
    )
  })
  test('credentials of another scheme are hidden as a whole', () => {
    expect(mask('Authorization: Bearer eyJhbGciOi.JIUzI1Ni.x-_=\r\nTo: a')).toBe(
      `Authorization: Bearer ${'x'.repeat(24)}\r\nTo: a`,
    )
    expect(mask('Authorization: Digestive YTpi')).toBe('Authorization: Digestive xxxx')
    expect(mask('Authorization:Basic YTpi\r\n YTpi\r\nTo: a')).toBe('Authorization:Basic xxxx\r\n xxxx\r\nTo: a')
  })
  test('what is no secret stays: nonce, cnonce, the word elsewhere', () => {
    const text = `${start}Authorization: Digest nonce="${hex}", cnonce="${hex}", realm="response"\r\nSubject: response="${hex}"\r\nWWW-Authenticate: Digest nonce="${hex}"\r\n\r\n`
    expect(mask(text)).toBe(text)
  })
})

describe('SDES keys (RFC 4568 §6.1)', () => {
  // The example of RFC 4568 §9.1.
  const key = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz'
  const covered = 'A'.repeat(40)
  test.each([
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}|2^20|1:4 FEC_ORDER=FEC_SRTP`,
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`,
    `a=crypto:2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;inline:${key}|2^20|2:4`,
    `A=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 INLINE:${key}`,
    `a=acap:1 crypto:1 AES_CM_128_HMAC_SHA1_32 inline:${key}|2^20|1:32`, // RFC 5939 §3.4.2
  ])('%s', (line) => {
    const shown = mask(`v=0\r\n${line}\r\na=ptime:20\r\n`)
    expect(shown).toContain(covered)
    expect(shown).not.toContain(key)
    expect(shown).not.toContain('MTIz')
    expect(shown).toHaveLength(`v=0\r\n${line}\r\na=ptime:20\r\n`.length)
    expect(shown.endsWith('\r\na=ptime:20\r\n')).toBe(true)
  })
  test('lifetime and MKI stay readable', () => {
    expect(mask(`a=crypto:1 S inline:${key}|2^20|1:4 X`)).toBe(`a=crypto:1 S inline:${covered}|2^20|1:4 X`)
  })
})

describe('keys in other places of a description', () => {
  test.each([
    ['k=clear:secret words\r\nm=audio', 'k=clear:xxxxxxxxxxxx\r\nm=audio'], // RFC 4566 §5.12
    ['K=base64:c2VjcmV0', 'K=base64:xxxxxxxx'],
    ['k=uri:https://192.0.2.1/?key=1', `k=uri:${'x'.repeat(24)}`],
    ['k=prompt\r\nk:100rel', 'k=prompt\r\nk:100rel'],
    ['a=key-mgmt:mikey AQAFgM0X\r\na=ptime:20', 'a=key-mgmt:mikey xxxxxxxx\r\na=ptime:20'], // RFC 4567 §3.1
    ['a=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=ptime:20', `a=ice-pwd:${'x'.repeat(22)}\r\na=ptime:20`], // RFC 8839 §5.4
    ['a=ICE-PWD:asd88fgpdd777uzjYhagZg', `a=ICE-PWD:${'x'.repeat(22)}`],
    ['a=ice-ufrag:8hhY\r\na=ice-pwd', 'a=ice-ufrag:8hhY\r\na=ice-pwd'],
    ['a=acap:1 key-mgmt:mikey AQAFgM0X', 'a=acap:1 key-mgmt:mikey xxxxxxxx'],
  ])('%j', (text, masked) => {
    expect(mask(text)).toBe(masked)
  })
})

test('the message is read as before, and the bytes given are not touched', () => {
  const wire = bytesOf(`${start}Authorization: Digest response="${hex}"\r\nContent-Length: 0\r\n\r\n`)
  const before = latin1(wire)
  const masked = parseMessage(maskSecrets(wire))
  expect(masked.ok && masked.value.fields.map(({ at }) => at)).toEqual([24, 91])
  expect(latin1(wire)).toBe(before)
})

test.each([
  '',
  'Authorization',
  'Authorization:',
  'Authorization: Digest response',
  'Authorization: Digest response="',
  'a=crypto:inline:',
])('%j is left as it is', (text) => {
  expect(mask(text)).toBe(text)
})

test('a key that looks like thousands of keys is one', () => {
  const pieces = 'inline:'.repeat(9000)
  expect(mask(`a=crypto:1 S ${pieces}\r\n`)).toBe(`a=crypto:1 S inline:${'A'.repeat(pieces.length - 7)}\r\n`)
  const responses = 'response="'.repeat(6000)
  expect(mask(`Authorization: Digest ${responses}`)).not.toContain('="r')
})

describe('a stream that comes in pieces', () => {
  const whole =
    'INVITE sip:a@b SIP/2.0\r\nAuthorization: Digest username="u",\r\n response="0123456789abcdef", uri="sip:b"\r\nContent-Length: 66\r\n\r\n' +
    'v=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0c2VjcmV0|2^20\r\n'

  test.each([1, 2, 3, 7, 16, 61, 500])('is masked as the whole is, in pieces of %i bytes', (size) => {
    const next = createStreamMask()
    const bytes = bytesOf(whole + whole)
    let masked = ''
    for (let at = 0; at < bytes.length; at += size) masked += latin1(next(bytes.subarray(at, at + size)))
    expect(masked).toHaveLength(whole.length * 2)
    expect(masked).not.toContain('0123456789abcdef')
    expect(masked).not.toMatch(/response="[^x"]/)
    expect(masked).not.toContain('inline:c2VjcmV0')
    if (size === 500) expect(masked).toBe(latin1(maskSecrets(bytes)))
  })

  test('a line that never ends is not kept for ever', () => {
    const next = createStreamMask()
    for (let sent = 0; sent < 40; sent += 1) expect(next(bytesOf('a'.repeat(8192)))).toHaveLength(8192)
  })
})

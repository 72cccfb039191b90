import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type NameAddr, parseNameAddr, serializeNameAddr } from '../../src/sip/fields/address.ts'
import { parseAuthorization, serializeAuthorization } from '../../src/sip/fields/authorization.ts'
import { parseChallenge, serializeChallenge } from '../../src/sip/fields/challenge.ts'
import { parseCSeq, serializeCSeq } from '../../src/sip/fields/cseq.ts'
import { type Via, parseVia, serializeVia } from '../../src/sip/fields/via.ts'
import { maskSecrets } from '../../src/sip/mask.ts'
import { parseMessage } from '../../src/sip/parse.ts'
import { buildRequest, buildResponse } from '../../src/sip/serialize.ts'
import { displayText, latin1 } from '../../src/sip/text.ts'
import { type SipUri, isSipUri, parseUri, sameUri, serializeUri } from '../../src/sip/uri.ts'
import { fieldAt } from '../../src/sip/view.ts'
import { torture, valueOf } from './bytes.ts'
import { rulesBrokenBy } from './readers.ts'

const textOf = (characters: string, minLength = 1, maxLength = 12): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...Array.from(characters)), { minLength, maxLength }).map((parts) => parts.join(''))

const plain = { noNullPrototype: true } as const

const alphanumeric = 'abcXYZ019'
const token = textOf(`${alphanumeric}-.!%*_+\`'~`)
const byte = fc.integer({ min: 0, max: 255 }).filter((code) => code !== 10 && code !== 13)
/** What a field value may hold, trimmed as a reader trims it. */
const value = fc
  .array(byte, { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes).replace(/^[ \t]+|[ \t]+$/g, ''))
const uint8 = (constraints: fc.IntArrayConstraints): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array(constraints).map((bytes) => Uint8Array.from(bytes))

const escaped = (characters: string): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(textOf(characters, 1, 3), fc.constantFrom('%20', '%2B', '%40', '%aF')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(''))
const label = textOf('abcXYZ09')
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => [...labels, 'example'].join('.')),
  fc.ipV4(),
  fc.ipV6().filter((address) => isSipUri(valueOf(parseUri(`sip:[${address}]`)))),
)
const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined })
const pairs = (characters: string) =>
  fc.array(
    fc.record(
      { name: escaped(characters), value: escaped(characters) },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
    { maxLength: 4 },
  )

const sipUri: fc.Arbitrary<SipUri> = fc
  .record({
    scheme: fc.constantFrom('sip' as const, 'sips' as const),
    user: fc.option(escaped(`${alphanumeric}-_.!~*'()&=+$,;?/`), { nil: undefined }),
    password: fc.option(escaped(`${alphanumeric}&=+$,`), { nil: undefined }),
    host,
    port,
    params: pairs(`${alphanumeric}[]/:&+$`),
    headers: pairs(`${alphanumeric}[]/?:+$`),
  })
  .map(({ user, password, port: portNumber, ...rest }) => ({
    ...rest,
    ...(user === undefined ? {} : { user, ...(password === undefined ? {} : { password }) }),
    ...(portNumber === undefined ? {} : { port: portNumber }),
  }))

const params = fc.array(
  fc.record(
    {
      name: token,
      value: fc.oneof(
        token,
        textOf('ab"\\;,<> \xe9').map((text) => `"${text.replace(/[\\"]/g, '\\$&')}"`),
      ),
    },
    { requiredKeys: ['name'], noNullPrototype: true },
  ),
  { maxLength: 4 },
)
const quotedText = textOf('ab"\\;,= \x00\x7f\xe9', 0)

describe('what is written is read as the same', () => {
  const drafts = fc.array(fc.tuple(token, value), { maxLength: 12 })
  const body = uint8({ maxLength: 60 })

  test('requests and responses, of any bytes', () => {
    const request = fc
      .record({
        method: token,
        requestUri: value.filter((text) => text !== '' && !/[ \t]/.test(text)),
        fields: drafts,
        body,
      })
      .map(buildRequest)
    const response = fc
      .record({ status: fc.integer({ min: 100, max: 699 }), reason: value, fields: drafts, body })
      .map(buildResponse)
    fc.assert(
      fc.property(fc.oneof(request, response), (message) => {
        expect(valueOf(parseMessage(message.wire))).toEqual(message)
      }),
    )
  })
  test('URIs, and each is the same as itself', () => {
    fc.assert(
      fc.property(sipUri, (uri) => {
        expect(valueOf(parseUri(serializeUri(uri)))).toEqual(uri)
        expect(sameUri(uri, uri)).toBe(true)
      }),
    )
  })
  test('addresses', () => {
    const address = fc
      .record({ displayName: fc.option(quotedText, { nil: undefined }), uri: sipUri.map(serializeUri), params })
      .map(({ displayName, ...rest }): NameAddr => ({ ...(displayName === undefined ? {} : { displayName }), ...rest }))
    fc.assert(
      fc.property(address, (each) => {
        expect(valueOf(parseNameAddr(serializeNameAddr(each)))).toEqual(each)
      }),
    )
  })
  test('Via', () => {
    const via = fc
      .record({ protocol: token, version: token, transport: token, host, port, params })
      .map(({ port: number, ...rest }): Via => ({ ...rest, ...(number === undefined ? {} : { port: number }) }))
    fc.assert(
      fc.property(via, (each) => {
        expect(valueOf(parseVia(serializeVia(each)))).toEqual(each)
      }),
    )
  })
  test('CSeq', () => {
    const cseq = fc.record({ seq: fc.integer({ min: 0, max: 2 ** 31 - 1 }), method: token }, plain)
    fc.assert(
      fc.property(cseq, (each) => {
        expect(valueOf(parseCSeq(serializeCSeq(each)))).toEqual(each)
      }),
    )
  })
  const digest = { realm: quotedText, nonce: quotedText, opaque: quotedText, algorithm: token }
  test('challenges', () => {
    const qop = fc.array(textOf(alphanumeric), { maxLength: 3 })
    fc.assert(
      fc.property(fc.record({ ...digest, stale: fc.boolean(), qop }, plain), (each) => {
        expect(valueOf(parseChallenge(serializeChallenge(each)))).toMatchObject(each)
      }),
    )
  })
  test('credentials', () => {
    const [response, nc] = [textOf('0123456789abcdef'), textOf('0189af', 8, 8)]
    const more = { username: quotedText, uri: quotedText, cnonce: quotedText, response, nc, qop: token }
    fc.assert(
      fc.property(fc.record({ ...digest, ...more }, plain), (each) => {
        expect(valueOf(parseAuthorization(serializeAuthorization(each)))).toEqual(each)
      }),
    )
  })
})

const seeds = ['wsinv', 'intmeth', 'esc01', 'badinv01', 'mpart01', 'multi01', 'scalar02', 'inv2543'].map(torture)
/** Pieces that a scanner stops at, and the rest of the bytes. */
const splice = fc.record({
  seed: fc.constantFrom(...seeds),
  at: fc.nat(2000),
  drop: fc.nat(40),
  put: fc.oneof(
    uint8({ maxLength: 20 }),
    fc
      .constantFrom('\r\n', '\r\n ', '\r\n\r\n', '"', '<', '>', ';', ',', '\\', '%', '[', ':', '@', '=')
      .map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0))),
  ),
})
const mutated = fc
  .array(splice, { minLength: 1, maxLength: 4 })
  .map((splices) =>
    splices.reduce<Uint8Array>(
      (bytes, { at, drop, put }) => Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + drop)]),
      splices[0]!.seed,
    ),
  )
const hostile = fc.oneof(uint8({ maxLength: 400 }), mutated)

describe('whatever comes off the wire', () => {
  test('nothing throws: it is read, or refused with a fault', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const rules = rulesBrokenBy(bytes)
        expect(rules.every((rule) => /^[a-z-]+\.[a-z-]+$/.test(rule))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
  test('a fault lies within the bytes, and what it saw can be printed', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const message = parseMessage(bytes)
        if (message.ok) return
        expect(message.fault.at).toBeLessThanOrEqual(bytes.length)
        expect(message.fault.saw.length).toBeLessThanOrEqual(120)
      }),
      { numRuns: 1000 },
    )
  })
  test('field paths read a value or nothing', () => {
    const paths = [
      'Request-URI.user',
      'To.user',
      'From.tag',
      'Contact.params.did',
      'Via.branch',
      'CSeq.seq',
      'Reason.cause',
      'Authorization.realm',
    ]
    fc.assert(
      fc.property(hostile, fc.constantFrom(...paths), (bytes, path) => {
        const message = parseMessage(bytes)
        if (message.ok) expect(['string', 'undefined']).toContain(typeof fieldAt(message.value, path))
      }),
      { numRuns: 1000 },
    )
  })
  test('a mask changes no length and, applied again, nothing', () => {
    const secret = fc.constantFrom(
      'Authorization: Digest response="',
      '\r\nProxy-Authorization:',
      'response=',
      '"',
      '\r\n',
      '\na=crypto:1 x inline:',
      '\\',
      ',',
    )
    const text = fc.array(fc.oneof(secret, textOf('ab01|;= ')), { maxLength: 12 }).map((parts) => parts.join(''))
    const bytes = fc.oneof(
      hostile,
      text.map((each) => Uint8Array.from(each, (character) => character.charCodeAt(0))),
    )
    fc.assert(
      fc.property(bytes, (each) => {
        const masked = maskSecrets(each)
        expect(masked).toHaveLength(each.length)
        expect(maskSecrets(masked)).toEqual(masked)
      }),
      { numRuns: 1000 },
    )
  })
  test('no control character is shown', () => {
    fc.assert(
      fc.property(uint8({ maxLength: 60 }), (bytes) => {
        expect(/\p{Cc}|\p{Zl}|\p{Zp}|[\u202a-\u202e\u2066-\u2069]/u.test(displayText(latin1(bytes)))).toBe(false)
      }),
    )
  })
})

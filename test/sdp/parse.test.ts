import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionOf, directionOf, ptimeOf, serializeSdp } from '../../src/sdp/description.ts'
import { formatsOf } from '../../src/sdp/codecs.ts'
import { parseSdp } from '../../src/sdp/parse.ts'
import { sdpBytes, sdpOf } from '../support/sdp.ts'

/** RFC 8866 §5. */
const example = `
  v=0
  o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
  s=Call to John Smith
  i=SDP Offer #1
  u=http://www.jdoe.example.com/home.html
  e=Jane Doe <jane@jdoe.example.com>
  p=+1 617 555-6011
  c=IN IP4 198.51.100.1
  t=0 0
  m=audio 49170 RTP/AVP 0
  m=audio 49180 RTP/AVP 0
  m=video 51372 RTP/AVP 99
  c=IN IP6 2001:db8::2
  a=rtpmap:99 h263-1998/90000`

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
/** What stands at a fault's place, up to the end of the line. */
const standing = (text: string, at: number): string => text.slice(at).split(/[\r\n]/)[0] ?? ''
const faultOf = (text: string): string => {
  const parsed = parseSdp(bytesOf(text))
  return parsed.ok ? 'none' : `${parsed.fault.rule}: ${standing(text, parsed.fault.at)}`
}
const deviationsOf = (text: string): readonly string[] => {
  const parsed = parseSdp(bytesOf(text))
  if (!parsed.ok) throw new Error(parsed.fault.rule)
  return parsed.value.deviations.map(({ rule, at }) => `${rule}: ${standing(text, at)}`)
}

describe('the example of RFC 8866 §5', () => {
  const sdp = sdpOf(example)

  test('breaks no rule', () => {
    expect(sdp.deviations).toEqual([])
  })

  test('has its origin', () => {
    expect(sdp.origin).toEqual({
      username: 'jdoe',
      sessionId: '3724394400',
      sessionVersion: '3724394405',
      networkType: 'IN',
      addressType: 'IP4',
      address: '198.51.100.1',
    })
  })

  test('has three media descriptions with line numbers and offsets of their own', () => {
    expect(sdp.media.map(({ kind, port, protocol, formats }) => [kind, port, protocol, formats])).toEqual([
      ['audio', 49170, 'RTP/AVP', ['0']],
      ['audio', 49180, 'RTP/AVP', ['0']],
      ['video', 51372, 'RTP/AVP', ['99']],
    ])
    expect(sdp.media.map(({ lines }) => lines[0]?.number)).toEqual([10, 11, 12])
    expect(sdp.media[2]?.attributes).toEqual([{ name: 'rtpmap', value: '99 h263-1998/90000', line: 14 }])
    const at = sdp.media[2]?.lines[2]?.at ?? 0
    expect(Buffer.from(sdpBytes(example)).toString('latin1', at, at + 9)).toBe('a=rtpmap:')
  })

  test('sends each stream to its own connection address, else to the session’s (§5.7)', () => {
    expect(sdp.media.map((media) => connectionOf(sdp, media)?.address)).toEqual([
      '198.51.100.1',
      '198.51.100.1',
      '2001:db8::2',
    ])
  })

  test('comes back byte for byte', () => {
    expect(serializeSdp(sdp)).toStrictEqual(sdpBytes(example))
  })
})

const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n'
const session = `${head}c=IN IP4 192.0.2.1\r\nt=0 0\r\n`

describe('what leaves the meaning open is refused, with its place', () => {
  for (const [what, text, seen] of [
    ['no bytes at all', '', 'sdp.version: '],
    ['another version (§5.1)', 'v=1\r\n', 'sdp.version: 1'],
    ['a first line that is not v= (§5.1)', 'o=- 1 1 IN IP4 192.0.2.1\r\n', 'sdp.version: o=- 1 1 IN IP4 192.0.2.1'],
    ['a line without a letter and = (§5)', 'v=0\r\nhello\r\n', 'sdp.line: hello'],
    ['white space before = (§5)', 'v=0\r\no =- 1\r\n', 'sdp.line: o =- 1'],
    ['an upper-case letter (§5)', 'v=0\r\nO=x\r\n', 'sdp.line: O=x'],
    ['a letter that no one knows (§5: reject or ignore all)', `${session}x=1\r\n`, 'sdp.unknown-type: x=1'],
    ['a NUL (§9, byte-string)', 'v=0\r\ns=a\0b\r\n', 'sdp.byte-string: \0b'],
    ['a bare CR (§9, byte-string)', 'v=0\rs=-\r\n', 'sdp.byte-string: '],
    ['no o= line (§5.2)', 'v=0\r\ns=-\r\nt=0 0\r\n', 'sdp.missing: v=0'],
    ['an o= line of five fields (§5.2)', 'v=0\r\no=- 1 IN IP4 192.0.2.1\r\n', 'sdp.origin: o=- 1 IN IP4 192.0.2.1'],
    ['a version that is no number (§5.2)', 'v=0\r\no=- 1 a IN IP4 ::\r\n', 'sdp.origin-number: 1 a IN IP4 ::'],
    ['a network type that is no token (§9)', 'v=0\r\no=- 1 1 I@N IP4 ::\r\n', 'sdp.origin: o=- 1 1 I@N IP4 ::'],
    ['a connection without address (§5.7)', `${head}c=IN IP4\r\n`, 'sdp.connection: c=IN IP4'],
    ['a connection of a media description (§5.7)', `${session}m=audio 9 RTP/AVP 0\r\nc=\r\n`, 'sdp.connection: c='],
    ['a port that is no number (§5.14)', `${session}m=audio x RTP/AVP 0\r\n`, 'sdp.media-port: x RTP/AVP 0'],
    ['a port of 65536 (§5.14)', `${session}m=audio 65536 RTP/AVP 0\r\n`, 'sdp.media-port: 65536 RTP/AVP 0'],
    ['no count behind the slash (§9)', `${session}m=audio 1/ RTP/AVP 0\r\n`, 'sdp.media-port:  RTP/AVP 0'],
    ['no format (§5.14)', `${session}m=audio 1 RTP/AVP\r\n`, 'sdp.media-format: '],
    ['two spaces (§5.14)', `${session}m=audio 1 RTP/AVP  0\r\n`, 'sdp.media-format:  0'],
    ['no protocol (§5.14)', `${session}m=audio 1 RTP/ 0\r\n`, 'sdp.media-protocol: RTP/ 0'],
    ['no media type (§5.14)', `${session}m= 1 RTP/AVP 0\r\n`, 'sdp.media:  1 RTP/AVP 0'],
  ] as const)
    test(what, () => {
      expect(faultOf(text)).toBe(seen)
    })

  test('the fault shows the line and its number', () => {
    expect(parseSdp(bytesOf(`${session}m=audio x RTP/AVP 0\r\n`))).toMatchObject({
      fault: { cite: '8866 §5.14', saw: 'line 6: m=audio x RTP/AVP 0' },
    })
  })

  for (const [what, text] of [
    ['more than 65535 bytes', `${session}a=${'x'.repeat(65_535)}\r\n`],
    ['more than 2000 lines', `${session}${'a=x\r\n'.repeat(2000)}`],
    ['more than 64 media descriptions', `${session}${'m=audio 9 RTP/AVP 0\r\n'.repeat(65)}`],
  ] as const)
    test(what, () => {
      expect(faultOf(text)).toContain('sdp.too-large')
    })
})

describe('what leaves the meaning clear is taken, and told with its place', () => {
  for (const [what, text, breaches] of [
    [
      'lines that end in LF alone (§5: parsers SHOULD take them)',
      session.replaceAll('\r\n', '\n'),
      ['sdp.line-ending: v=0'],
    ],
    ['a last line without an end', session.slice(0, -2), ['sdp.line-ending: t=0 0']],
    ['a blank line', `${session}\r\n`, ['sdp.blank-line: ']],
    ['c= behind t= (§5)', `${head}t=0 0\r\nc=IN IP4 ::\r\n`, ['sdp.order: c=IN IP4 ::']],
    ['t= within a media description (§5)', `${session}m=audio 9 RTP/AVP 0\r\nt=0 0\r\n`, ['sdp.order: t=0 0']],
    [
      'a bandwidth behind an attribute (§5)',
      `${session}m=audio 9 RTP/AVP 0\r\na=x\r\nb=AS:64\r\n`,
      ['sdp.order: b=AS:64'],
    ],
    ['a second s= (§5)', `${head}s=again\r\nt=0 0\r\n`, ['sdp.duplicate: s=again']],
    ['no s= and no t= (§5.3, §5.9)', 'v=0\r\no=- 1 1 IN IP4 ::\r\n', ['sdp.missing: ', 'sdp.missing: ']],
    ['an empty s= (§5.3)', session.replace('s=-', 's='), ['sdp.session-name: s=']],
    ['times that are none (§5.9)', session.replace('t=0 0', 't=now'), ['sdp.time: t=now']],
    ['a repeat without t= (§5.10)', `${head}r=7d 1h 0\r\nt=0 0\r\n`, ['sdp.order: r=7d 1h 0']],
    ['a zone without a repeat (§5.11)', `${head}t=0 0\r\nz=0 0\r\n`, ['sdp.order: z=0 0']],
    ['a bandwidth without a number (§5.8)', `${head}b=AS\r\nt=0 0\r\n`, ['sdp.bandwidth: b=AS']],
    ['an attribute without a name (§5.13)', `${session}a=:x\r\n`, ['sdp.attribute: :x']],
    [
      'an open stream with no c= for it (§5.7)',
      `${head}t=0 0\r\nm=audio 9 RTP/AVP 0\r\n`,
      ['sdp.missing-connection: m=audio 9 RTP/AVP 0'],
    ],
    ['a refused stream needs no c=', `${head}t=0 0\r\nm=audio 0 RTP/AVP 0\r\n`, []],
    [
      'several t= with their r= and z= (§5.10)',
      `${head}t=0 0\r\nt=3724394400 3724398000\r\nr=7d 1h 0\r\nr=7d 2h 0\r\nz=0 0\r\n`,
      [],
    ],
    [
      'several c= of one media description (§9)',
      `${session}m=audio 9/2 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\nc=IN IP4 224.2.1.2/127\r\n`,
      [],
    ],
  ] as const)
    test(what, () => {
      expect(deviationsOf(text)).toEqual(breaches)
      const parsed = parseSdp(bytesOf(text))
      expect(parsed.ok && serializeSdp(parsed.value)).toStrictEqual(bytesOf(text))
    })

  test('no more than a bounded number of breaches is told of a section', () => {
    expect(deviationsOf(`${session}${'b=\r\n'.repeat(500)}`)).toHaveLength(32)
  })
})

describe('attributes', () => {
  const media = (lines: string, level = ''): ReturnType<typeof sdpOf> =>
    sdpOf(`v=0
      o=- 1 1 IN IP4 192.0.2.1
      s=-
      c=IN IP4 192.0.2.1
      t=0 0
      ${level}m=audio 9 RTP/AVP 0 8 97 101 13 200 x\n${lines}`)
  const [first] = media('a=x').media

  test('the count of ports and the address of a multicast stream are read apart (§5.7, §5.14)', () => {
    const sdp = sdpOf(`${example}\nm=video 3456/2 RTP/AVP 31\nc=IN IP4 233.252.0.2/127/3`)
    const stream = sdp.media[3]
    expect(stream).toMatchObject({ port: 3456, portCount: 2 })
    expect(stream && connectionOf(sdp, stream)?.address).toBe('233.252.0.2')
  })

  for (const [level, lines, direction] of [
    ['', '', 'sendrecv'],
    ['', 'a=sendonly', 'sendonly'],
    ['a=recvonly\n', '', 'recvonly'],
    ['a=recvonly\n', 'a=inactive', 'inactive'],
  ] as const)
    test(`direction is ${direction} with ${JSON.stringify(level + lines)} (§6.7)`, () => {
      const sdp = media(lines || 'a=x', level)
      const [stream] = sdp.media
      expect(stream && directionOf(sdp, stream)).toBe(direction)
    })

  for (const [value, ptimeMs] of [
    ['20', 20],
    ['22.5', 22.5],
    ['0', undefined],
    ['-20', undefined],
    ['20ms', undefined],
    ['1e3', undefined],
    ['', undefined],
  ] as const)
    test(`a=ptime:${value} is ${ptimeMs ?? 'nothing'} (§6.4)`, () => {
      const [stream] = media(`a=ptime:${value}`).media
      expect(stream && ptimeOf(stream)).toBe(ptimeMs)
    })

  test('payload types have rtpmap and fmtp, else the static table, else nothing (§6.6, §6.15, RFC 3551 §6)', () => {
    const [stream] = media(
      'a=rtpmap:97 iLBC/8000\na=fmtp:97 mode=30\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15',
    ).media
    expect(stream && formatsOf(stream)).toEqual([
      { payloadType: 0, encoding: 'PCMU', clockRate: 8000 },
      { payloadType: 8, encoding: 'PCMA', clockRate: 8000 },
      { payloadType: 97, encoding: 'iLBC', clockRate: 8000, fmtp: 'mode=30' },
      { payloadType: 101, encoding: 'telephone-event', clockRate: 8000, fmtp: '0-15' },
      { payloadType: 13, encoding: 'CN', clockRate: 8000 },
    ])
    expect(first && formatsOf(first).map(({ payloadType }) => payloadType)).toEqual([0, 8, 13])
  })

  test('a channel count is kept (RFC 7587 §7)', () => {
    const [stream] = media('a=rtpmap:97 opus/48000/2').media
    expect(stream && formatsOf(stream)[2]).toEqual({ payloadType: 97, encoding: 'opus', clockRate: 48000, channels: 2 })
  })

  test('formats that are no payload types give none (RFC 3362)', () => {
    const [stream] = sdpOf(example.replace('audio 49170 RTP/AVP 0', 'image 49170 udptl t38')).media
    expect(stream && formatsOf(stream)).toEqual([])
  })
})

describe('whatever the bytes', () => {
  test('parsing never throws and loses nothing', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'v=0',
        'o=- 1 1 IN IP4 192.0.2.1',
        's=-',
        't=0 0',
        'c=IN IP4 ::',
        'm=audio 9 RTP/AVP 0',
        'a=sendonly',
        '',
      ),
      fc.string({ maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n'), (lines, ending) => {
        const bytes = new Uint8Array(
          Buffer.from(['v=0', 'o=- 1 1 IN IP4 192.0.2.1', ...lines, ''].join(ending), 'utf8'),
        )
        const parsed = parseSdp(bytes)
        if (parsed.ok) expect(serializeSdp(parsed.value)).toStrictEqual(bytes)
        else expect(parsed.fault.at).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 500 },
    )
  })

  test('random bytes are refused, never thrown at', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => !parseSdp(bytes).ok))
  })
})

const shared = process.env.TRUNKPROOF_SHARED
type Row = { readonly rfc: number; readonly sdp: string }

/** RFC texts that show a placeholder or a slip of the pen where a port should stand. */
const unreadable = [5245, 5245, 6871, 8839, 8839, 8859, 8859, 8859]

test.skipIf(!shared)('235 bodies of the RFCs come back byte for byte; needs TRUNKPROOF_SHARED', () => {
  const rows = JSON.parse(readFileSync(join(shared ?? '', 'corpora/rfc-messages/sdp.json'), 'utf8')) as Row[]
  const refused: number[] = []
  for (const row of rows) {
    const bytes = new Uint8Array(Buffer.from(row.sdp, 'utf8'))
    const parsed = parseSdp(bytes)
    if (parsed.ok) expect(serializeSdp(parsed.value)).toStrictEqual(bytes)
    else refused.push(row.rfc)
  }
  expect(rows).toHaveLength(235)
  expect(refused.sort((a, b) => a - b)).toEqual(unreadable)
})
